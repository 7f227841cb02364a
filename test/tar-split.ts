import { readFileSync } from 'node:fs'
import { Crc64 } from '../src/bytes/crc64.ts'
import { pythonMembers } from './tar/oracle/programs.ts'

/**
 * The record that an engine keeps of an archive, as vbatts/tar-split writes it, by what Python says of where its contents
 * lie: lines of JSON, not compressed.
 */
export function tarSplitOf(path: string): Buffer {
  const tar = readFileSync(path)
  const lines: object[] = []
  const add = (line: object) => lines.push({ ...line, position: lines.length })
  let at = 0
  const raw = (end: number) => {
    if (end > at) add({ type: 2, payload: tar.toString('base64', at, end) })
    at = end
  }
  for (const { name, type, size, start = 0 } of pythonMembers(path)) {
    raw(start)
    const bytes = Buffer.from(name, 'hex')
    const own =
      bytes.toString('latin1') === bytes.toString()
        ? { name: bytes.toString() }
        : { name_raw: bytes.toString('base64') }
    if (type !== 'file' || size === 0) add({ type: 1, ...own, payload: null })
    else {
      const checksum = new Crc64().update(tar.subarray(start, start + size)).digest()
      add({ type: 1, ...own, size, payload: checksum.toString('base64') })
      at = start + size
    }
  }
  raw(tar.length)
  return Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}
