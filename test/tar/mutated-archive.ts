import fc from 'fast-check'
import { summed } from '../../fixtures/tar/build.ts'
import { checkHeader } from '../../src/bytes/check-header.ts'
import { soundArchive } from './sound-archive.ts'

/** Where fields begin, and bytes that mean something in one. */
const fields = [
  0, 99, 100, 107, 108, 116, 124, 134, 135, 136, 156, 157, 257, 262, 263, 345, 356, 386, 398, 475, 482, 483, 508,
]
const telling = [0, 0x20, 0x2f, 0x30, 0x31, 0x37, 0x39, 0x3d, 0x0a, 0x80, 0xff, 0x4b, 0x4c, 0x53, 0x67, 0x78]

const mutation = fc.record({
  block: fc.nat(40),
  at: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fields) }, { weight: 1, arbitrary: fc.nat(511) }),
  byte: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...telling) }, { weight: 1, arbitrary: fc.nat(255) }),
})

/** A sound archive with some bytes changed, and the checksums of its headers right nonetheless. */
export const mutatedArchive = fc
  .tuple(soundArchive, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([{ bytes }, mutations]) => {
    const mutated = Buffer.from(bytes)
    for (const { block, at, byte } of mutations) {
      const blocks = Math.floor(mutated.length / 512)
      const start = (block % blocks) * 512
      const isHeader = checkHeader(mutated, start) === 'header'
      mutated[start + at] = byte
      if (isHeader) summed(mutated.subarray(start, start + 512))
    }
    return mutated
  })
