/**
 * What this machine can inflate and check, and nothing else: all compressed blobs of an OCI layout folder, as many side by
 * side as there are cores, the largest first, each by the fastest inflater at hand, with the SHA-256 of the blob and of what
 * comes out of it, which whoever trusts neither has to make.
 *
 *   node test/bench/inflate.mjs <folder>
 */
import { createHash } from 'node:crypto'
import { createReadStream, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'
import { ZSTDDecoder } from 'zstddec/stream'

const chunkSize = 1024 * 1024

if (isMainThread) {
  const blobs = join(process.argv[2] ?? '.', 'blobs/sha256')
  const bySize = readdirSync(blobs)
    .map(name => ({ path: join(blobs, name), size: statSync(join(blobs, name)).size }))
    .sort((a, b) => b.size - a.size)
  const queue = bySize.map(({ path }) => path)[Symbol.iterator]()
  await Promise.all(Array.from({ length: availableParallelism() }, () => work(queue)))
} else parentPort?.postMessage(await inflate(workerData))

/** @param {Iterator<string>} queue */
async function work(queue) {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const worker = new Worker(new URL(import.meta.url), { workerData: next.value })
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
  }
}

/** @param {string} path */
async function inflate(path) {
  const file = openSync(path, 'r')
  const magic = Buffer.alloc(4)
  readSync(file, magic, 0, 4, 0)
  const blob = createHash('sha256')
  const layer = createHash('sha256')
  if (magic.readUInt16BE(0) === 0x1f8b) {
    const stream = createReadStream(path, { highWaterMark: chunkSize })
    stream.on('data', chunk => blob.update(chunk))
    for await (const chunk of stream.pipe(createGunzip({ chunkSize }))) layer.update(chunk)
  } else if (magic.readUInt32LE(0) === 0xfd2fb528) {
    const decoder = new ZSTDDecoder()
    await decoder.init()
    for (const chunk of decoder.decodeStreaming(chunks(file, blob))) layer.update(chunk)
  }
  return [blob.digest('hex'), layer.digest('hex')]
}

/** @param {number} file @param {import('node:crypto').Hash} hash */
function* chunks(file, hash) {
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkSize)
    const length = readSync(file, chunk)
    if (length === 0) return
    hash.update(chunk.subarray(0, length))
    yield chunk.subarray(0, length)
  }
}
