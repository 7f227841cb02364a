import { gzipSync } from 'node:zlib'
import { type Compression, inflate, inflater } from '../../../src/bytes/inflate.ts'
import { sniff } from '../../../src/bytes/sniff.ts'
import { ThreadedZstd, unzstdThreaded } from '../../../src/bytes/threaded-zstd.ts'
import { borrowThread, threadsMost } from '../../../src/bytes/threads.ts'
import { compileZstd } from '../../../src/bytes/zstd-module.ts'
import { ImgauditError } from '../../../src/error.ts'
import { chunked } from '../../tar/list.ts'
import { fixture, packagesLayer, storedZstd } from '../seeds.ts'
import type { Target } from '../target.ts'

const sizes = [5000, 1, 70_000, 13]
/** Bytes of output: what unfolds to more goes on as it began. */
const enough = 64 * 1024 * 1024

/** Gzip and zstd, pushed and pulled, with a thread and without, all of which must come to the same. */
export const gzip: Target = { ...compressed('gzip'), seeds: gzipSeeds, runs: 150 }
export const zstd: Target = { ...compressed('zstd'), seeds: zstdSeeds, runs: 150 }

async function gzipSeeds(): Promise<readonly Buffer[]> {
  const layer = await packagesLayer()
  const [small, named] = [gzipSync(layer, { level: 9 }), gzipSync(layer.subarray(0, 3000), { level: 0 })]
  return [small, named, Buffer.concat([named, small]), Buffer.concat([named, Buffer.alloc(700)]), gzipSync('')]
}

async function zstdSeeds(): Promise<readonly Buffer[]> {
  const cubins = ['sm_90', 'sm_120'].map(name => fixture(`gpu-code/${name}.cubin.zst`))
  const skippable = Buffer.concat([Buffer.from('5a2a4d1807000000', 'hex'), Buffer.alloc(7, 1)])
  const stored = storedZstd((await packagesLayer()).subarray(0, 3000))
  return [...cubins, stored, Buffer.concat([stored, skippable, ...cubins])]
}

function compressed(compression: Compression): Omit<Target, 'seeds'> {
  return {
    name: compression,
    async read(bytes) {
      sniff(bytes.subarray(0, 1024))
      const threaded = compression === 'zstd' && threadsMost() > 0 && bytes.length % 8 === 0
      const ways = [pushed, pulled, ...(threaded ? [pushedElsewhere, pulledElsewhere] : [])]
      const found: (string | ImgauditError)[] = []
      for (const way of ways) found.push(await attempt(() => way(bytes, compression)))
      const told = new Set(found.map(one => (one instanceof ImgauditError ? one.code : one)))
      if (told.size > 1) throw new Error(`ways differ: ${[...told].join(', ')}`)
      if (found[0] instanceof ImgauditError) throw found[0]
    },
  }
}

/** Stands for the rest of what unfolds without end. */
class Enough extends Error {}

async function attempt(way: () => Promise<number>): Promise<string | ImgauditError> {
  try {
    return `${await way()} bytes`
  } catch (error) {
    if (error instanceof Enough) return 'enough'
    if (error instanceof ImgauditError) return error
    throw error
  }
}

function counter(): { add(chunk: Buffer): void; readonly total: number } {
  let total = 0
  return {
    add(chunk) {
      total += chunk.length
      if (total > enough) throw new Enough()
    },
    get total() {
      return total
    },
  }
}

async function pushed(bytes: Buffer, compression: Compression): Promise<number> {
  const count = counter()
  const decoder = inflater(compression, chunk => count.add(chunk))
  try {
    for await (const chunk of chunked(bytes, sizes)) await decoder.push(chunk)
    await decoder.end()
  } finally {
    decoder.close()
  }
  return count.total
}

async function pulled(bytes: Buffer, compression: Compression): Promise<number> {
  const count = counter()
  for await (const chunk of inflate(chunked(bytes, sizes), compression)) count.add(chunk)
  return count.total
}

async function pushedElsewhere(bytes: Buffer): Promise<number> {
  const count = counter()
  const decoder = new ThreadedZstd(thread(), await compileZstd(), (chunk, done) => {
    count.add(chunk)
    done()
  })
  try {
    for await (const chunk of chunked(bytes, sizes)) await decoder.push(chunk)
    await decoder.end()
  } finally {
    decoder.close()
  }
  return count.total
}

async function pulledElsewhere(bytes: Buffer): Promise<number> {
  const count = counter()
  for await (const chunk of unzstdThreaded(thread(), await compileZstd(), chunked(bytes, sizes))) count.add(chunk)
  return count.total
}

function thread() {
  const borrowed = borrowThread()
  if (borrowed === undefined) throw new Error('all threads are lent')
  return borrowed
}
