import { emptyFiles, header, member } from './headers.ts'

/** Layers of very many of a kind, each of which concerns all the others. */
export const crowds = {
  /** A file of one byte each in the folder d. */
  files: (count: number) => repeated(count, at => member({ name: `d/f${at}` }, 'x')),

  /** One content of five bytes, and links to it. */
  *hardLinks(count: number): Generator<Buffer> {
    yield member({ name: 'd/a' }, 'bytes')
    yield* emptyFiles(count, { prefix: 'd/l', flag: '1', link: 'd/a' })
  },

  /** Links each to the next, and the last to the first. */
  circle: (count: number) => repeated(count, at => header({ name: `l${at}`, flag: '1', link: `l${(at + 1) % count}` })),

  /** The same path every time, with one byte. */
  onePath: (count: number, byte: string) => repeated(count, () => member({ name: 'd/same' }, byte)),

  whiteout: [header({ name: '.wh.d' })],

  /** The folder d is emptied every time. */
  opaque: (count: number) => repeated(count, () => header({ name: 'd/.wh..wh..opq' })),

  /** A file d, and then a file in the folder d, every time. */
  inPlaceOfFolder: (count: number) =>
    repeated(count, () => Buffer.concat([header({ name: 'd' }), header({ name: 'd/x' })])),
}

function* repeated(count: number, make: (at: number) => Buffer): Generator<Buffer> {
  for (let at = 0; at < count; at += 1000)
    yield Buffer.concat(Array.from({ length: Math.min(1000, count - at) }, (_, beyond) => make(at + beyond)))
}
