import { Crc64 } from '../../bytes/crc64.ts'
import { showName } from '../../bytes/name.ts'
import type { Reader } from '../../bytes/reader.ts'
import type { ImgauditError } from '../../error.ts'
import { storeUnreadable } from './store-unreadable.ts'

/** Bytes. Smaller contents are held against the record's CRC-64, at 250 MB/s; larger ones have their size to tell them. */
export const checkedSize = 4 * 1024 * 1024

/** What a layer's record says of a content. */
export interface Recorded {
  /** In the layer, or where it lies. */
  readonly path: string
  /** CRC-64, one character for each of its 8 bytes. */
  readonly checksum: string
}

/** Throws STORE_UNREADABLE unless a content is what its layer's record says. */
export function checkContent(content: Buffer, { path, checksum }: Recorded): void {
  check(new Crc64().update(content), path, checksum)
}

/** Sees every byte of a content, and pushes those that `reader` wants on; at the end it throws as `checkContent` does,
 *  rather than end `reader`. */
export function checkedReader(reader: Reader<unknown>, { path, checksum }: Recorded): Reader<void> {
  const crc = new Crc64()
  let wanted = 0
  return {
    push(chunk, at) {
      crc.update(chunk)
      const end = at + chunk.length
      if (wanted < end) wanted = reader.push(chunk.subarray(Math.max(0, wanted - at)), Math.max(at, wanted))
      return end
    },
    end() {
      check(crc, path, checksum)
      reader.end()
    },
  }
}

function check(crc: Crc64, path: string, checksum: string): void {
  if (crc.digest().toString('latin1') !== checksum) throw otherFile(path)
}

function otherFile(path: string): ImgauditError {
  return storeUnreadable(`${showName(path)} is not the file that the engine's record describes`)
}
