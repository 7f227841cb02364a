import type { Reader } from '../../bytes/reader.ts'
import { ImgauditError } from '../../error.ts'
import type { Member } from '../../tar/member.ts'
import { TarReader } from '../../tar/read.ts'
import { readStream } from '../../tar/seek.ts'
import { nameOf } from '../archive/names.ts'
import { untilInterrupted } from '../interruption.ts'

/** Passes a tar of a container's files: `onFile` gets each by its name below `prefix`. */
export async function passFiles(
  tar: AsyncIterable<Buffer>,
  prefix: string,
  onFile: (name: string, member: Member) => Reader<unknown> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const reader = new TarReader({
    onMember(member) {
      const name = nameOf(member)
      const below = name.startsWith(`${prefix}/`) ? name.slice(prefix.length + 1) : name
      return member.type === 'file' ? onFile(below, member) : undefined
    },
  })
  await readStream(untilInterrupted(tar, signal), reader)
}

/** All files of a tar by their names below `prefix`. Throws LIMIT when they have more than `limit` bytes together. */
export async function collectFiles(
  tar: AsyncIterable<Buffer>,
  prefix: string,
  limit: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  let total = 0
  const onFile = (name: string, member: Member) => {
    total += member.stored
    if (total > limit) throw tooMuch(limit)
    const bytes = Buffer.allocUnsafe(member.stored)
    files.set(name, bytes)
    return { push: (chunk: Buffer, at: number) => at + chunk.copy(bytes, at), end: () => {} }
  }
  await passFiles(tar, prefix, onFile, signal)
  return files
}

function tooMuch(limit: number): ImgauditError {
  return new ImgauditError(
    'LIMIT',
    `the engine's records have over ${limit} bytes`,
    'read it another way: --no-layer-store',
  )
}
