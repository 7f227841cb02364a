import type { Case } from './case.ts'
import { dialects } from './dialects.ts'
import { ends } from './ends.ts'
import { links } from './links.ts'
import { nameCases } from './names.ts'
import { numbers } from './numbers.ts'
import { gnuSparse } from './sparse-gnu.ts'
import { paxSparseCases } from './sparse-pax.ts'

/** All archives made by hand. */
export const cases: readonly Case[] = [
  ...dialects,
  ...numbers,
  ...links,
  ...nameCases,
  ...gnuSparse,
  ...paxSparseCases,
  ...ends,
]
