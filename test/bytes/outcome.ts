import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { type Compression, inflate, inflater } from '../../src/bytes/inflate.ts'
import { chunked } from '../tar/list.ts'
import { failure } from './failure.ts'
import { missing } from './tools.ts'

export const noZstd = missing('zstd')

/** Compressible and not; more than one output buffer of either decoder. */
export const content = Buffer.concat([randomBytes(50_000), Buffer.alloc(1_200_000, 'imgaudit '), randomBytes(50_000)])

export const chunkSizes = [[1024 * 1024], [4096], [97], [1, 700, 3]]

export async function push(compression: Compression, bytes: Buffer, sizes = [65_536]): Promise<Buffer> {
  const out: Buffer[] = []
  const decoder = inflater(compression, chunk => out.push(Buffer.from(chunk)))
  for await (const chunk of chunked(bytes, sizes)) await decoder.push(chunk)
  await decoder.end()
  return Buffer.concat(out)
}

export async function pull(bytes: Buffer, compression?: Compression, sizes = [65_536]): Promise<Buffer> {
  const out: Buffer[] = []
  for await (const chunk of inflate(chunked(bytes, sizes), compression)) out.push(Buffer.from(chunk))
  return Buffer.concat(out)
}

/** Both ways, with every chunking: the content, or the codes of the errors. */
export async function outcome(compression: Compression, bytes: Buffer): Promise<string> {
  const outcomes = new Set<string>()
  for (const sizes of chunkSizes) {
    for (const way of [() => push(compression, bytes, sizes), () => pull(bytes, compression, sizes)]) {
      outcomes.add(
        await way().then(
          out => (out.equals(content) ? 'right' : `wrong: ${out.length} bytes`),
          error => failure(() => raise(error)).code,
        ),
      )
    }
  }
  return [...outcomes].join(' or ')
}

export function raise(error: unknown): never {
  throw error
}

export function zstd(bytes: Buffer, ...options: string[]): Buffer {
  const { stdout } = spawnSync('zstd', ['-c', '-q', ...options], { input: bytes, maxBuffer: 2 ** 30 })
  return stdout
}

export function flip(bytes: Buffer, at: number): Buffer {
  const damaged = Buffer.from(bytes)
  damaged[at] = (damaged[at] ?? 0) ^ 0x10
  return damaged
}

export const halves = [content.subarray(0, 630_000), content.subarray(630_000)]
export const parts = (compress: (bytes: Buffer) => Buffer) => halves.map(compress)
