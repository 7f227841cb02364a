import { headSize } from './sniff.ts'

/** The first `size` bytes of a stream or more, fewer where it ends, and all of its bytes, those included. Without `size`
 *  they are enough to know what it is. */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  size = headSize,
): Promise<{ readonly head: Buffer; readonly chunks: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Buffer[] = []
  let length = 0
  while (length < size) {
    const { done, value } = await iterator.next()
    if (done) break
    // A chunk is valid until the next one is asked for.
    first.push(Buffer.from(value))
    length += value.length
  }
  const head = Buffer.concat(first)
  return { head, chunks: replay(head, iterator) }
}

async function* replay(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}
