import { memoryBytes } from '../../src/bytes/memory.ts'
import type { Reader } from '../../src/bytes/reader.ts'
import type { Member } from '../../src/tar/member.ts'
import { type TarEnd, TarReader } from '../../src/tar/read.ts'
import { readSeekable, readStream } from '../../src/tar/seek.ts'

export interface Listing {
  members: Member[]
  /** Stored content of each member that was read. */
  contents: (Buffer | undefined)[]
  end: TarEnd
}

/** Keeps what it is given, and fails when offsets do not join on. */
export class Collector implements Reader<void> {
  readonly chunks: Buffer[] = []
  ended = 0
  #next = 0

  push(chunk: Buffer, at: number): number {
    if (at !== this.#next) throw new Error(`content pushed at ${at}, wanted ${this.#next}`)
    if (this.ended > 0) throw new Error('content pushed after its end')
    this.chunks.push(Buffer.from(chunk))
    this.#next = at + chunk.length
    return this.#next
  }

  end(): void {
    this.ended++
  }

  get content(): Buffer {
    if (this.ended !== 1) throw new Error(`content ended ${this.ended} times`)
    return Buffer.concat(this.chunks)
  }
}

export type Wants = (member: Member) => boolean

function gathering(wants: Wants): { reader: TarReader; finish(end: TarEnd): Listing } {
  const members: Member[] = []
  const collectors: (Collector | undefined)[] = []
  const reader = new TarReader({
    onMember(member) {
      members.push(member)
      const collector = wants(member) ? new Collector() : undefined
      collectors.push(collector)
      return collector
    },
  })
  return { reader, finish: end => ({ members, contents: collectors.map(each => each?.content), end }) }
}

/** All that an archive in memory holds, by seeking. */
export function list(archive: Buffer, wants: Wants = () => false): Listing {
  const { reader, finish } = gathering(wants)
  return finish(readSeekable(memoryBytes(archive), reader))
}

/** The same out of a stream, cut into chunks of the given sizes, over and over. */
export async function listStream(archive: Buffer, sizes: number[], wants: Wants = () => false): Promise<Listing> {
  const { reader, finish } = gathering(wants)
  return finish(await readStream(chunked(archive, sizes), reader))
}

/** Chunks of the given sizes, over and over, each overwritten when the next is asked for, as the contract allows. */
export async function* chunked(bytes: Buffer, sizes: number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const chunk = Buffer.from(bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1)))
    at += chunk.length
    yield chunk
    chunk.fill(0xaa)
  }
}

/** Names, for short expectations. */
export function names(archive: Buffer): string[] {
  return list(archive).members.map(member => member.name)
}
