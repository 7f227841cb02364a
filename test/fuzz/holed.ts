import { createHash } from 'node:crypto'
import { endMarker, header } from '../../fixtures/tar/build.ts'
import type { SeekableBytes } from '../../src/bytes/bytes.ts'

/** Bytes, or how many zeros. */
export type Part = Buffer | number

/** Parts one behind the other, of which zeros take no memory. */
export function holed(parts: readonly Part[]): SeekableBytes {
  const starts: number[] = []
  let size = 0
  for (const part of parts) {
    starts.push(size)
    size += typeof part === 'number' ? part : part.length
  }
  const read = (at: number, into: Buffer) => {
    const count = Math.max(0, Math.min(into.length, size - at))
    into.fill(0, 0, count)
    for (const [number, part] of parts.entries()) {
      const start = starts[number] ?? 0
      if (typeof part === 'number' || start >= at + count || start + part.length <= at) continue
      part.copy(into, Math.max(0, start - at), Math.max(0, at - start), Math.min(part.length, at + count - start))
    }
    return count
  }
  async function* stream(start = 0, end = size) {
    const buffer = Buffer.alloc(1024 * 1024)
    for (let at = start; at < end; ) {
      const count = read(at, buffer.subarray(0, end - at))
      yield buffer.subarray(0, count)
      at += count
    }
  }
  return { size, read, stream }
}

/** A file of a tar: its header, its content, and what fills its last block. */
export function fileParts(name: string, content: readonly Part[]): readonly Part[] {
  const { size } = holed(content)
  return [header({ name, size }), ...content, (512 - (size % 512)) % 512]
}

export function archiveParts(...files: readonly (readonly Part[])[]): readonly Part[] {
  return [...files.flat(), endMarker]
}

export async function digestOf(bytes: SeekableBytes): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes.stream()) hash.update(chunk)
  return hash.digest('hex')
}
