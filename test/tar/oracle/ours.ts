import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { memoryBytes } from '../../../src/bytes/memory.ts'
import { ImgauditError } from '../../../src/error.ts'
import type { Member } from '../../../src/tar/member.ts'
import { type TarEnd, TarReader } from '../../../src/tar/read.ts'
import { readSeekable, readStream } from '../../../src/tar/seek.ts'
import { Collector, chunked } from '../list.ts'
import { type Answer, hex, type Told } from './told.ts'

/** Larger contents are not digested, in bytes; nor do the other readers. */
const digested = 2 ** 20

/** Our own answer, with how the archive ends, or the error itself. */
export interface OurAnswer extends Answer {
  readonly end?: TarEnd
  readonly failure?: ImgauditError
}

/** What we say of an archive, which has to be the same by seeking, and streamed in chunks of these sizes. */
export async function ours(bytes: Buffer, sizes: readonly number[] = [512]): Promise<OurAnswer> {
  const sought = await answer(reader => readSeekable(memoryBytes(bytes), reader))
  const streamed = await answer(reader => readStream(chunked(bytes, [...sizes]), reader))
  expect(streamed, `streamed in chunks of ${sizes}`).toEqual(sought)
  return sought
}

/** `drive` hands the archive's bytes to the reader. */
export async function answer(drive: (reader: TarReader) => TarEnd | Promise<TarEnd>): Promise<OurAnswer> {
  const found: [Member, Collector | undefined][] = []
  const reader = new TarReader({
    onMember(member) {
      const collector = member.type === 'file' && member.content <= digested ? new Collector() : undefined
      found.push([member, collector])
      return collector
    },
  })
  try {
    const end = await drive(reader)
    const spans = found.reduce((sum, [member]) => sum + member.span, 0)
    expect(spans, 'the spans of all members').toBeLessThanOrEqual(end.end + 511)
    return { members: found.map(([member, collector]) => told(member, collector)), end }
  } catch (error) {
    if (!(error instanceof ImgauditError)) throw error
    const members = found.map(([member]) => told(member, undefined))
    return { members, failure: error, error: `${error.code}: ${error.message}` }
  }
}

function told(member: Member, collector: Collector | undefined): Told {
  const { type, mode, uid, gid, mtime, start, sparse } = member
  return {
    name: hex(member.name),
    type,
    size: member.content,
    target: hex(member.target ?? ''),
    mode,
    uid,
    gid,
    mtime,
    start,
    runs: sparse?.map(run => [run.offset, run.length] as const) ?? null,
    ...(collector && { digest: digestOf(member, collector.content) }),
  }
}

/** Of the logical content. */
function digestOf(member: Member, stored: Buffer): string {
  const content = Buffer.alloc(member.content)
  let at = 0
  for (const { offset, length } of member.sparse ?? [{ offset: 0, length: stored.length }]) {
    stored.copy(content, offset, at, at + length)
    at += length
  }
  return createHash('sha256').update(content).digest('hex')
}
