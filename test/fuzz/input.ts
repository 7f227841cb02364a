import fc from 'fast-check'
import { edited, edits } from './edit.ts'
import { editedJson, jsonEdits } from './json-edit.ts'
import { type Target, usualMost } from './target.ts'

const anywhere = ['\n', '\r\n', ' ', '\t', '\0', '"', '\\', '/', 'a', '\ud800', 'é', '𝒳', '\x1b[2J', '\u202e']

/** Inputs of a target: true files with changes, what its format is made of in any order, one piece of it over and over, and
 *  any bytes at all. */
export async function inputs(target: Target): Promise<fc.Arbitrary<Buffer>> {
  const { pieces = [], most = usualMost } = target
  const seeds = await target.seeds()
  const seed = fc.constantFrom(...seeds)
  const piece = fc.constantFrom(...pieces, ...anywhere)
  const text = fc.array(piece, { maxLength: 60 }).map(all => all.join(''))
  const changed = fc
    .tuple(seed, fc.array(edits(pieces), { minLength: 1, maxLength: 6 }))
    .map(([bytes, changes]) => edited(bytes, changes, most))
  const spliced = fc
    .tuple(seed, seed, fc.nat(), fc.nat())
    .map(([front, back, to, from]) =>
      Buffer.concat([
        front.subarray(0, to % Math.max(1, front.length)),
        back.subarray(from % Math.max(1, back.length)),
      ]).subarray(0, most),
    )
  const endless = fc.tuple(text, fc.array(piece, { minLength: 1, maxLength: 4 }), text).map(([front, over, back]) => {
    const one = over.join('')
    return Buffer.from(`${front}${one.repeat(Math.floor(most / Buffer.byteLength(one)))}${back}`).subarray(0, most)
  })
  const bytes = fc.uint8Array({ maxLength: 2000 }).map(array => Buffer.from(array))
  const shaped = fc
    .tuple(seed, fc.array(jsonEdits(pieces), { minLength: 1, maxLength: 4 }))
    .map(([document, changes]) => editedJson(document, changes))
  const input = fc.oneof(
    { weight: target.json ? 3 : 12, arbitrary: changed },
    { weight: target.json ? 12 : 0, arbitrary: shaped },
    { weight: 1, arbitrary: spliced },
    { weight: pieces.length === 0 ? 0 : 3, arbitrary: text.map(made => Buffer.from(made)) },
    { weight: pieces.length === 0 ? 0 : 1, arbitrary: endless },
    { weight: 1, arbitrary: bytes },
  )
  const { mend } = target
  // Now and then as it is: what checksums keep from being read is told by an error.
  return mend === undefined
    ? input
    : fc.tuple(input, fc.nat(7)).map(([found, turn]) => (turn === 0 ? found : mend(found)))
}
