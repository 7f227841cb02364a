import { gzipSync } from 'node:zlib'
import { file, header } from '../../fixtures/tar/build.ts'

/** A layer as stargz-snapshotter writes it (its docs/estargz.md): what it unpacks to, and the blob. */
export interface Estargz {
  readonly layer: Buffer
  readonly blob: Buffer
  /** Bytes of what stands behind the end of the layer's own tar: the table of contents. */
  readonly tail: number
}

/** Each part a gzip member of its own; then the end of the tar, a table of contents behind it, and a footer. */
export function estargz(...parts: readonly Buffer[]): Estargz {
  const toc = JSON.stringify({ version: 1, entries: parts.map((_, at) => ({ name: `entry${at}`, type: 'reg' })) })
  const end = Buffer.alloc(1024)
  const tail = Buffer.concat([file('stargz.index.json', toc), end])
  const members = [...parts, end, tail].map(part => gzipSync(part))
  const contents = Buffer.concat(members)
  const offset = contents.length - (members.at(-1)?.length ?? 0)
  return {
    layer: Buffer.concat([...parts, end, tail]),
    blob: Buffer.concat([contents, footer(offset)]),
    tail: tail.length,
  }
}

/** The landmark that says how much of a layer is to be fetched first; each layer has one of the two. */
export function landmark(name: '.prefetch.landmark' | '.no.prefetch.landmark'): Buffer {
  return file(name, Buffer.of(0xf), { mode: 0o644 })
}

export function folder(name: string): Buffer {
  return header({ name: `${name}/`, flag: '5', mode: 0o755 })
}

/** An empty gzip member of 51 bytes, whose extra field says where the table of contents begins. */
function footer(offset: number): Buffer {
  const payload = Buffer.from(`${offset.toString(16).padStart(16, '0')}STARGZ`)
  const subfield = Buffer.concat([Buffer.from('SG'), Buffer.from([payload.length, 0]), payload])
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, subfield.length, 0])
  // A stored block without content, and checksum and length of nothing.
  return Buffer.concat([head, subfield, Buffer.from([1, 0, 0, 0xff, 0xff]), Buffer.alloc(8)])
}
