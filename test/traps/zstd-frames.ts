/** A zstd frame that stores its content as it is (RFC 8878, 3.1.1): raw blocks, no checksum. */
export function storedFrame(content: Buffer): Buffer {
  // Single segment, the content's size in four bytes.
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0])
  head.writeUInt32LE(content.length, 5)
  const blocks: Buffer[] = []
  for (let at = 0; at === 0 || at < content.length; at += largestBlock) {
    const part = content.subarray(at, at + largestBlock)
    const last = at + largestBlock >= content.length
    const header = Buffer.alloc(3)
    header.writeUIntLE((part.length << 3) | Number(last), 0, 3)
    blocks.push(header, part)
  }
  return Buffer.concat([head, ...blocks])
}

/** A frame that decoders skip (RFC 8878, 3.1.2), as zstd:chunked and pzstd have them. */
export function skippableFrame(content: Buffer): Buffer {
  const head = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}

const largestBlock = 128 * 1024
