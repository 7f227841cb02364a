import { ImgauditError } from '../error.ts'

/** RFC 8878, 3.1.1.1: magic 4, descriptor 1, window 0 or 1, dictionary 0 to 4, content size 0 to 8. */
const longestHead = 18

/** The first bytes of the frame that is being decoded, kept to name its window when that is too large. */
export class FrameHead {
  readonly #bytes = Buffer.alloc(longestHead)
  #length = 0

  reset(): void {
    this.#length = 0
  }

  /** Adds what is missing from `part`, which goes on at `position`. */
  add(part: Buffer, position: number): void {
    if (this.#length < longestHead) this.#length += part.copy(this.#bytes, this.#length, position)
  }

  /** How far back the frame may reach, in bytes; 0 when it does not say. */
  get window(): number {
    const descriptor = this.#bytes[4] ?? 0
    const single = (descriptor & 0x20) !== 0
    if (single) return this.#contentSize(descriptor)
    const window = this.#bytes[5] ?? 0
    const base = 2 ** (10 + (window >> 3))
    return base + (base / 8) * (window & 7)
  }

  /** A frame of a single segment has no window field: all of its content is the window. */
  #contentSize(descriptor: number): number {
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
    const at = 5 + dictionary
    const flag = descriptor >> 6
    if (flag === 3) return Number(this.#bytes.readBigUInt64LE(at))
    return flag === 2 ? this.#bytes.readUInt32LE(at) : 0
  }
}

// ZSTD_ErrorCode of zstd_errors.h.
const prefixUnknown = 10
const windowTooLarge = 16
const dictionaryWrong = 32

const check = 'copy or pull it again, then check it with: zstd -t --long=31 <file>'

/** The error for a code of zstd; `consumed` bytes were decoded before it. */
export function fault(code: number, frame: FrameHead, consumed: number): ImgauditError {
  switch (code) {
    case prefixUnknown: {
      const what = consumed === 0 ? 'bytes are no zstd' : 'a zstd stream has bytes after a frame that are no zstd'
      return new ImgauditError('ARCHIVE_INVALID', `${what} (byte ${consumed})`, check)
    }
    case windowTooLarge: {
      const mebibytes = Math.ceil(frame.window / 2 ** 20)
      const message = `a zstd stream needs a window of ${mebibytes} MiB, more than the 128 MiB that can be read`
      return new ImgauditError('COMPRESSION_UNKNOWN', message, 'unpack it first: zstd -d --long=31 <file>')
    }
    case dictionaryWrong: {
      const fix = 'unpack it first: zstd -d -D <dictionary> <file>'
      return new ImgauditError('COMPRESSION_UNKNOWN', 'a zstd stream needs a dictionary, which it does not hold', fix)
    }
    default:
      return new ImgauditError('CHECKSUM_WRONG', `a zstd stream is damaged (zstd's error ${code})`, check)
  }
}

/** The error for a stream that stops inside a frame. */
export function cut(): ImgauditError {
  return new ImgauditError('ARCHIVE_TRUNCATED', 'a zstd stream ends before its end', check)
}
