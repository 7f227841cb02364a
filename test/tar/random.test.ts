import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { missing } from '../bytes/tools.ts'
import { hostileArchive } from './hostile-archive.ts'
import { mutatedArchive } from './mutated-archive.ts'
import { ask } from './oracle/archives.ts'
import { gnu } from './oracle/gnu.ts'
import { expectAsGo } from './oracle/judged.ts'
import { ours } from './oracle/ours.ts'
import { go, libarchive, python } from './oracle/programs.ts'
import { tarStream } from './oracle/tar-stream.ts'
import { type Answer, line, type Oracle, type Told } from './oracle/told.ts'
import { type SoundArchive, soundArchive } from './sound-archive.ts'

const seed = Number(process.env.SEED ?? 20_261_122)
/** How many archives; more of them, with other seeds, find what these have not. */
const count = Number(process.env.IMGAUDIT_TAR_ARCHIVES ?? 250)
const chunks = [[512], [61], [333], [7, 4096], [10_240, 1]]

describe(`${count} archives of all dialects (SEED=${seed})`, () => {
  const archives = fc.sample(soundArchive, { seed, numRuns: count })

  it('are what was put in, in chunks of any size', async () => {
    const says = ['mode', 'uid', 'gid', 'mtime', 'runs'] as const
    for (const [index, { bytes, told }] of archives.entries()) {
      const { members, error } = await ours(bytes, chunks[index % chunks.length])
      const [we, they] = [members, told].map(all => all.map(each => `${line(each, says)} ${each.digest}`))
      expect({ index, members: we, error }).toEqual({ index, members: they, error: undefined })
    }
  })

  for (const oracle of [go, python, libarchive, gnu, tarStream]) {
    it.skipIf(missing(...oracle.tools))(`are what ${oracle.name} reads`, async () => {
      const known = archives.filter(each => oracle !== tarStream || isPlain(each))
      expect(known.length).toBeGreaterThan(count / 10)
      const theirs = await ask(
        oracle,
        known.map(each => each.bytes),
      )
      for (const [index, { bytes }] of known.entries())
        expect({ index, ...comparable(theirs[index], oracle) }).toEqual({
          index,
          ...comparable(await ours(bytes), oracle),
        })
    })
  }
})

/** tar-stream knows no sparse files, decodes names as UTF-8, and reads on behind the end marker. */
function isPlain({ members, end }: SoundArchive): boolean {
  return end !== 'junk' && members.every(each => !each.holes && isUtf8(each.name) && isUtf8(each.target))
}

function comparable(answer: Answer | undefined, oracle: Oracle): object {
  const { members = [], error } = answer ?? {}
  // GNU tar prints no fractions of seconds, and tar-stream takes no owners and times from PAX.
  const says = oracle === tarStream ? [] : oracle.says
  const whole = (each: Told) => (oracle === gnu ? { ...each, mtime: Math.floor(each.mtime ?? 0) } : each)
  const digests = oracle !== gnu && oracle !== tarStream
  return { error, members: members.map(each => line(whole(each), says) + (digests ? ` ${each.digest}` : '')) }
}

const attacks = { 'made to be read differently': hostileArchive, 'of all dialects, with bytes changed': mutatedArchive }

describe.skipIf(missing(...go.tools)).each(Object.entries(attacks))(
  `${count * 5} archives %s (SEED=${seed})`,
  (_, arbitrary) => {
    it('are read as Go reads them, or not at all', async () => {
      const archives = fc.sample(arbitrary, { seed, numRuns: count * 5 })
      const theirs = await ask(go, archives)
      let read = 0
      for (const [index, bytes] of archives.entries()) {
        const we = await ours(bytes, chunks[index % chunks.length])
        if (expectAsGo(index, we, theirs[index] ?? { members: [] })) read++
      }
      expect(read).toBeGreaterThan(count / 2)
    })
  },
)
