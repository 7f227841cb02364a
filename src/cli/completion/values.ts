import type { Argument, Option } from 'commander'
import { gpuNames } from '../../evidence/gpu-names.ts'
import { formatNames } from '../../report/index.ts'
import { rules } from '../../rule/index.ts'
import { everyGpu, pullTimes } from '../usage.ts'

/** A word that can stand there, and what it is; empty where its name says it. */
export type Word = readonly [word: string, description: string]

/** What can stand at a place of the command line; `any` is what nobody can list. */
export type Values =
  | { readonly kind: 'any' }
  | { readonly kind: 'files' }
  /** One of these; several with commas between where it is a list. */
  | { readonly kind: 'words'; readonly list: boolean; readonly words: readonly Word[] }

/** What an option expects, by its definition; undefined of one that expects nothing. */
export function valuesOfOption({ flags, argChoices, long }: Option): Values | undefined {
  const [, place] = /[<[](\S+?)(?:\.\.\.)?[>\]]/.exec(flags) ?? []
  if (place === undefined) return undefined
  if (long === '--format') return words(formatNames, true)
  if (long === '--pull') return words(pullTimes)
  if (long === '--gpu') return { kind: 'words', list: true, words: gpus }
  return argChoices === undefined ? valuesAt(place) : words(argChoices)
}

/** What an argument expects, by its definition. */
export function valuesOfArgument(argument: Argument): Values {
  return argument.argChoices === undefined ? valuesAt(argument.name()) : words(argument.argChoices)
}

/** By what help calls it: images and reports can be files. */
function valuesAt(place: string): Values {
  if (files.has(place)) return { kind: 'files' }
  if (place === 'rule' || place === 'rules') {
    return { kind: 'words', list: place === 'rules', words: rules.map(({ id, title }) => [id, title] as const) }
  }
  return { kind: 'any' }
}

/** Names with blanks in them are left out: nobody types them for the sake of completion. */
const gpus: readonly Word[] = [
  [everyGpu, 'print all'],
  ...Object.entries(gpuNames).flatMap(([arch, names]) =>
    names.filter(name => !name.includes(' ')).map(name => [name, arch] as const),
  ),
]

const files: ReadonlySet<string> = new Set(['file', 'image', 'before', 'after', 'reports'])

function words(known: readonly string[], list = false): Values {
  return { kind: 'words', list, words: known.map(word => [word, ''] as const) }
}
