import { readFileSync } from 'node:fs'
import type { Ending, RecordProbe, RecordReader } from '../../src/probe/collect.ts'

/** A file of fixtures/probe as text. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/probe/${name}`, import.meta.url), 'utf8')
}

/** Pushes bytes at a probe's reader as a driver would, in chunks, and gives the reader back before its end. */
export function pushed<End extends Ending>(
  probe: RecordProbe<End>,
  path: string,
  bytes: Buffer,
  chunk = bytes.length,
): RecordReader<End> {
  const reader = probe.begin(path, bytes.length)
  let wanted = 0
  while (wanted < bytes.length) {
    const piece = Buffer.from(bytes.subarray(wanted, wanted + Math.max(1, chunk)))
    wanted = reader.push(piece, wanted)
    piece.fill(0x21) // A chunk is valid during the call only.
  }
  return reader
}
