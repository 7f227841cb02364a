import type { Image, Layer } from '../src/image/image.ts'

/** The stored content of one file of a layer, by the image's own way back to it. */
export async function contentOf(image: Image, { index }: Pick<Layer, 'index'>, ordinal: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let ended = 0
  const reader = {
    push(chunk: Buffer, at: number) {
      pieces.push(Buffer.from(chunk))
      return at + chunk.length
    },
    end() {
      ended++
    },
  }
  if (image.contents === undefined) throw new Error('the image has no way back to contents')
  await image.contents.read([{ index, readers: new Map([[ordinal, reader]]) }])
  if (ended !== 1) throw new Error(`a reader was ended ${ended} times`)
  return Buffer.concat(pieces)
}
