import { describe, expect, it } from 'vitest'
import { RecordLines } from '../../src/tar/record-lines.ts'
import { failure } from '../bytes/failure.ts'

/** The lines of pieces. */
function linesOf(...pieces: readonly Buffer[]): string[] {
  const lines: string[] = []
  const splitter = new RecordLines()
  const keep = (bytes: Buffer, from: number, to: number) => void lines.push(bytes.toString('latin1', from, to))
  for (const piece of pieces) {
    const passing = Buffer.from(piece)
    splitter.push(passing, keep)
    // What was pushed is valid during the call only.
    passing.fill(0)
  }
  splitter.end(keep)
  return lines
}

describe('the lines of a record', () => {
  it.each([1, 2, 3, 5, 100])('are the same however it comes: in pieces of %d', size => {
    const record = Buffer.from('one\n\ntwo and more\nthree')
    const pieces = Array.from({ length: Math.ceil(record.length / size) }, (_, at) =>
      record.subarray(at * size, (at + 1) * size),
    )
    expect(linesOf(...pieces)).toEqual(['one', '', 'two and more', 'three'])
    expect(linesOf(...pieces, Buffer.from('\n'))).toEqual(['one', '', 'two and more', 'three'])
  })

  it('have a length, past which nothing is kept', () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x')
    const pieces = Array.from({ length: 33 }, () => mebibyte)
    const error = failure(() => linesOf(...pieces))
    expect(error).toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('a line of over 33554432'),
    })
    expect(linesOf(...pieces.slice(1)).map(({ length }) => length)).toEqual([32 * 1024 * 1024])
  })
})
