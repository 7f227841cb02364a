import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { SeekableBytes } from '../../../src/bytes/bytes.ts'
import { memoryBytes } from '../../../src/bytes/memory.ts'
import type { Binary } from '../../../src/probe/binary/binary.ts'
import { binaryProbe } from '../../../src/probe/binary/probe.ts'

export function examined(path: string, content: SeekableBytes): Binary | undefined {
  const reader = binaryProbe.begin(path, content.size)
  reader.examine?.(content)
  return reader.end()
}

/** Pushes as a driver would: what is not wanted is left out. */
export function passed(path: string, content: SeekableBytes, chunkSize: number): Binary | undefined {
  const reader = binaryProbe.begin(path, content.size)
  const chunk = Buffer.allocUnsafe(chunkSize)
  let wanted = 0
  for (let at = 0; at < content.size; ) {
    const count = content.read(at, chunk)
    if (count === 0) break
    const end = at + count
    if (wanted < end) wanted = reader.push(chunk.subarray(Math.max(0, wanted - at), count), Math.max(at, wanted))
    chunk.fill(0x21) // A chunk is valid during the call only.
    at = end
  }
  return reader.end()
}

/** Facts as plain data. */
export function plain(binary: Binary | undefined): unknown {
  if (binary?.gpu === undefined) return binary
  const { labels, inexact, packed } = binary.gpu
  const gpu = { labels, inexact, containers: Array.from(packed.containers), pieces: Array.from(packed.pieces) }
  return { ...binary, gpu }
}

/** The facts of bytes, by seeking. */
export function read(bytes: Buffer, path = '/usr/lib/libx.so'): Binary {
  const binary = examined(path, memoryBytes(bytes))
  if (binary === undefined) throw new Error('no facts')
  return binary
}

/** A file of this machine; `use` must not keep it. */
export function opened<Result>(path: string, use: (content: SeekableBytes) => Result): Result {
  const file = openSync(path, 'r')
  const { size } = fstatSync(file)
  const read = (at: number, into: Buffer) => {
    const length = Math.max(0, Math.min(into.length, size - at))
    return length === 0 ? 0 : readSync(file, into, 0, length, at)
  }
  try {
    return use({
      size,
      read,
      stream: () => {
        throw new Error('read, never streamed')
      },
    })
  } finally {
    closeSync(file)
  }
}

/** Whether both ways came to the same. As bytes pass it shows late that a container began in code: it can have hidden others, and
 *  what is said then is that GPU code is inexact. */
export function agree(sought: Binary | undefined, passed: Binary | undefined): boolean {
  const plainly = (binary: Binary | undefined) => JSON.stringify(plain(binary))
  if (plainly(sought) === plainly(passed)) return true
  if (sought === undefined || !passed?.gpu?.inexact?.includes('runs out of its section')) return false
  const withoutGpu = ({ gpu: _, parts, names: __, ...rest }: Binary) => JSON.stringify([rest, parts === undefined])
  return withoutGpu(sought) === withoutGpu(passed)
}
