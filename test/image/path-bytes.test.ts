import { expect, it } from 'vitest'
import { encodeName } from '../../src/bytes/name.ts'
import { PathBytes } from '../../src/image/path-bytes.ts'

it('has the bytes of each path, whatever its letters, where its room just suffices and where it does not', () => {
  const letters = ['a', 'ä', '€', '\u{1f600}', '\udcff']
  for (let length = 240; length < 300; length++) {
    for (const letter of letters) {
      for (const path of [
        `/${letter}${'x'.repeat(length)}`,
        `/${'x'.repeat(length)}${letter}`,
        `/${letter.repeat(99)}`,
      ]) {
        const bytes = new PathBytes()
        bytes.set(path)
        expect(bytes.bytes.subarray(0, bytes.length).equals(encodeName(path)), path).toBe(true)
      }
    }
  }
})

it('forgets the path before, and knows where the last part begins', () => {
  const bytes = new PathBytes()
  for (const [path, start] of [
    ['/usr/lib/ä', 9],
    ['/a', 1],
    ['/', 1],
  ] as const) {
    bytes.set(path)
    expect([bytes.bytes.toString('utf8', 0, bytes.length), bytes.nameStart]).toEqual([path, start])
  }
})
