import { describe, expect, it } from 'vitest'
import { archive, file } from '../../fixtures/tar/build.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import type { Reader } from '../../src/bytes/reader.ts'
import { TarReader } from '../../src/tar/read.ts'
import { readSeekable, readStream } from '../../src/tar/seek.ts'
import { chunked, list } from './list.ts'
import { mixed } from './mixed.ts'

const one = file('one', 'first')
const two = file('two', 'second')

describe('readers of content', () => {
  it('get the stored content, from offset 0, once, and its end', () => {
    const { contents } = list(mixed, member => member.type === 'file')
    expect(contents.map(content => content?.length)).toEqual([undefined, 0, 700, 512, undefined, 515])
  })

  it('skip as they like, on every way', async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251))
    const bytes = archive(file('a', content), two)
    const stops = [0, 40_000, 80_000, 99_999]
    for (const sizes of [[1], [512], [7, 4096], undefined]) {
      const starts: number[] = []
      let ends = 0
      const skipping: Reader<void> = {
        push(chunk, at) {
          starts.push(at)
          expect(chunk[0]).toBe(at % 251)
          return stops.find(stop => stop >= at + chunk.length) ?? Number.POSITIVE_INFINITY
        },
        end: () => void ends++,
      }
      const seen: string[] = []
      const reader = new TarReader({ onMember: member => (seen.push(member.name) === 1 ? skipping : undefined) })
      if (sizes) await readStream(chunked(bytes, sizes), reader)
      else readSeekable(memoryBytes(bytes), reader)
      expect([starts, ends, seen]).toEqual([stops, 1, ['a', 'two']])
    }
  })

  it('end as soon as they want nothing more, and are not pushed again', () => {
    const content = Buffer.alloc(3_000_000, 1)
    let pushes = 0
    let ends = 0
    const push = () => {
      pushes++
      return Number.POSITIVE_INFINITY
    }
    const reader: Reader<void> = { push, end: () => void ends++ }
    const seen: string[] = []
    let bytesRead = 0
    const bytes = memoryBytes(archive(file('a', content), two))
    const counting = {
      ...bytes,
      read(at: number, into: Buffer) {
        bytesRead += into.length
        return bytes.read(at, into)
      },
    }
    readSeekable(
      counting,
      new TarReader({
        onMember(member) {
          seen.push(member.name)
          return member.name === 'a' ? reader : undefined
        },
      }),
    )
    expect([pushes, ends, seen]).toEqual([1, 1, ['a', 'two']])
    expect(bytesRead).toBeLessThan(100_000)
  })

  it('may throw, and their error comes out as it is', () => {
    const onMember = () => ({ push: () => enough(), end: () => {} })
    expect(() => readSeekable(memoryBytes(archive(one)), new TarReader({ onMember }))).toThrow('enough')
  })

  it('may be tar readers themselves: a layer in an archive', () => {
    const inner = archive(one, file('large', Buffer.alloc(100_000)))
    const found: string[] = []
    const reader = new TarReader({
      onMember(member) {
        const layer = new TarReader({ onMember: entry => void found.push(`${member.name}:${entry.name}`) })
        return { push: (chunk, at) => layer.push(chunk, at), end: () => layer.end(member.stored) }
      },
    })
    readSeekable(memoryBytes(archive(file('layer.tar', inner), file('again.tar', inner))), reader)
    expect(found).toEqual(['layer.tar:one', 'layer.tar:large', 'again.tar:one', 'again.tar:large'])
  })
})

function enough(): never {
  throw new Error('enough')
}
