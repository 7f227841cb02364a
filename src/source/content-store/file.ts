import { ImgauditError } from '../../error.ts'
import { TarReader } from '../../tar/read.ts'

/** In bytes. The engine sends 32 KiB at a time, and zlib is waited for once for each piece. */
const pieceSize = 1024 * 1024

/**
 * The content of the one file in a tar, as the tar passes; `onSize` is told its bytes before the first of them comes. A
 * piece is valid until the next one is asked for. Throws ARCHIVE_TRUNCATED and ARCHIVE_INVALID.
 */
export async function* passingFile(tar: AsyncIterable<Buffer>, onSize: (size: number) => void): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let files = 0
  const reader = new TarReader({
    onMember({ type, stored }) {
      if (type !== 'file' || files > 0) throw notOneFile()
      files++
      onSize(stored)
      return {
        push(chunk, at) {
          pieces.push(chunk)
          return at + chunk.length
        },
        end() {},
      }
    },
  })
  const gathered = Buffer.allocUnsafeSlow(pieceSize)
  let filled = 0
  let at = 0
  let next = 0
  for await (const chunk of tar) {
    const end = at + chunk.length
    if (next < end) next = reader.push(chunk.subarray(Math.max(0, next - at)), Math.max(at, next))
    at = end
    for (const piece of pieces) {
      for (let copied = 0; copied < piece.length; ) {
        const count = piece.copy(gathered, filled, copied)
        copied += count
        filled += count
        if (filled < pieceSize) continue
        yield gathered
        filled = 0
      }
    }
    pieces = []
  }
  reader.end(at)
  if (files === 0) throw notOneFile()
  if (filled > 0) yield gathered.subarray(0, filled)
}

function notOneFile(): ImgauditError {
  return new ImgauditError(
    'ARCHIVE_INVALID',
    'the engine was asked for one file, and answered with something else',
    'read the image another way: --no-layer-store',
  )
}
