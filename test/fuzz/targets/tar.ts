import { archive, blocks, file, gnuMagic, header, longName, octal, pax, summed } from '../../../fixtures/tar/build.ts'
import { ImgauditError } from '../../../src/error.ts'
import { type Listing, list, listStream } from '../../tar/list.ts'
import { mixed } from '../../tar/mixed.ts'
import { packagesLayer } from '../seeds.ts'
import type { Target } from '../target.ts'

const sparse = header({
  name: 's',
  flag: 'S',
  size: 600,
  magic: gnuMagic,
  over: {
    386: octal(512, 12),
    398: octal(512, 12),
    410: octal(5_000_000, 12),
    422: octal(88, 12),
    483: octal(6_000_000, 12),
  },
})
const odd = archive(
  sparse,
  blocks(Buffer.alloc(600, 1)),
  longName('x'.repeat(200)),
  longName('y'.repeat(200), 'K'),
  header({ name: 'link', flag: '1', link: 'z', size: 700 }),
  pax({
    size: '3',
    'GNU.sparse.major': '0',
    'GNU.sparse.minor': '1',
    'GNU.sparse.map': '0,3',
    'GNU.sparse.size': '99',
  }),
  file('small', 'abc'),
  header({ name: 'label', flag: 'V' }),
  header({ name: 'v7/', magic: '', flag: '\0' }),
)

const pieces = [
  '0',
  '7',
  ' ',
  '\0',
  'x',
  'g',
  'L',
  'K',
  'S',
  'ustar',
  'ustar  ',
  '30 size=1\n',
  'GNU.sparse.map=0,1',
].concat(['14 path=a/b/c\n', '\x80', '\xff', '19 GNU.sparse.minor=0\n'])

/** Tars, read by seeking and as they pass, which must come to the same. */
export const tar: Target = {
  name: 'tar',
  seeds: async () => [mixed, odd, await packagesLayer()],
  pieces,
  mend: summedAgain,
  async read(bytes) {
    const sought = await attempt(async () => list(bytes))
    const passed = await attempt(() => listStream(bytes, [1000, 7, 512, 65_536], ({ stored }) => stored < 1_000_000))
    const [one, other] = [sought, passed].map(found => (found instanceof ImgauditError ? found.code : members(found)))
    if (one !== other) throw new Error(`sought ${one}, passed ${other}`)
    if (sought instanceof ImgauditError) throw sought
  },
  runs: 200,
}

async function attempt(read: () => Promise<Listing>): Promise<Listing | ImgauditError> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ImgauditError) return error
    throw error
  }
}

function members({ members, end }: Listing): string {
  return JSON.stringify([members, end])
}

/** The archive with right checksums in all that begins like a header. */
export function summedAgain(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    if (copy.toString('latin1', at + 257, at + 262) === 'ustar') summed(copy.subarray(at, at + 512))
  }
  return copy
}
