import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chunked } from '../tar/list.ts'
import { type Compiled, compile } from './compiled.ts'
import { content, noZstd, zstd } from './outcome.ts'
import { corpus } from './zstd-corpus.ts'

type Sources = typeof import('../../src/bytes/inflate.ts') &
  typeof import('../../src/bytes/large-zstd.ts') &
  typeof import('../../src/bytes/threaded-zstd.ts') &
  typeof import('../../src/bytes/threads.ts') &
  typeof import('../../src/bytes/zstd.ts') &
  typeof import('../../src/bytes/zstd-module.ts')

describe.skipIf(noZstd || availableParallelism() === 1)('zstd in a thread', () => {
  let compiled: Compiled
  let bytes: Sources
  const large = noZstd ? content : Buffer.concat([randomBytes(4_000_000), Buffer.alloc(6_000_000), content])
  const whole = noZstd ? content : zstd(large)

  beforeAll(async () => {
    compiled = compile()
    const files = ['inflate', 'large-zstd', 'threaded-zstd', 'threads', 'zstd', 'zstd-module']
    bytes = Object.assign({}, ...(await Promise.all(files.map(file => import(compiled.url(`bytes/${file}.js`))))))
  })
  afterAll(() => compiled.remove())

  async function thread() {
    const borrowed = bytes.borrowThread()
    if (borrowed === undefined) throw new Error('there is no thread')
    return borrowed
  }

  async function push(stream: Buffer, sizes: number[]): Promise<Buffer> {
    const out: Buffer[] = []
    const take = bytes.taking(chunk => out.push(Buffer.from(chunk)))
    const inflater = new bytes.ThreadedZstd(await thread(), await bytes.compileZstd(), take)
    for await (const chunk of chunked(stream, sizes)) await inflater.push(chunk)
    await inflater.end()
    expect(inflater.consumed).toBe(stream.length)
    return Buffer.concat(out)
  }

  async function pull(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
    const out: Buffer[] = []
    for await (const chunk of bytes.unzstdThreaded(await thread(), await bytes.compileZstd(), chunks))
      out.push(Buffer.from(chunk))
    return Buffer.concat(out)
  }

  it.each(corpus)('inflates, or names the fault of: $name', async ({ bytes: stream, outcome }) => {
    for (const sizes of [[1024 * 1024], [97, 5000]]) {
      for (const way of [() => push(stream, sizes), () => pull(chunked(stream, sizes))]) {
        const found = await way().then(
          out => (out.equals(content) ? 'right' : `wrong: ${out.length} bytes`),
          error => (error.name === 'ImgauditError' && error.fix !== undefined ? error.code : error),
        )
        expect(found).toBe(outcome)
      }
    }
  })

  it('is where large streams are inflated, and small ones are not', async () => {
    const own = await thread()
    bytes.returnThread(own)
    const busy = () => own.performance.eventLoopUtilization().active
    const before = busy()
    for await (const _ of bytes.inflate(chunked(zstd(content), [65_536]), 'zstd'));
    expect(busy()).toBe(before)
    const out: Buffer[] = []
    for await (const chunk of bytes.inflate(chunked(whole, [65_536]), 'zstd')) out.push(Buffer.from(chunk))
    expect(Buffer.concat(out).equals(large)).toBe(true)
    expect(busy()).toBeGreaterThan(before)
  })

  it('inflates what is pushed, large and small', async () => {
    for (const [stream, expected] of [
      [whole, large],
      [zstd(content), content],
    ] as const) {
      const out: Buffer[] = []
      const inflater = bytes.inflater('zstd', chunk => out.push(Buffer.from(chunk)))
      for await (const chunk of chunked(stream, [100_000])) await inflater.push(chunk)
      await inflater.end()
      expect(Buffer.concat(out).equals(expected)).toBe(true)
      expect(inflater.consumed).toBe(stream.length)
    }
  })

  it('says where in the input each part of the output came from, as one does without a thread', async () => {
    const heard: Record<string, [output: number, input: number][]> = {}
    const hear = (name: string) => {
      const points: [number, number][] = []
      heard[name] = points
      return {
        add(length: number, consumed: number) {
          const [output, input] = points.at(-1) ?? [0, 0]
          expect(consumed).toBeGreaterThanOrEqual(input)
          points.push([output + length, consumed])
        },
      }
    }
    const mixed = zstd(Buffer.concat([content, large, content]))
    const alone = chunked(mixed, [100_000])
    for await (const _ of bytes.unzstd(alone, hear('without a thread')));
    const pulled = hear('pulled')
    for await (const _ of bytes.unzstdThreaded(
      await thread(),
      await bytes.compileZstd(),
      chunked(mixed, [100_000]),
      pulled,
    ));
    const pushed = hear('pushed')
    const take = bytes.taking((chunk, consumed) => pushed.add(chunk.length, consumed))
    const inflater = new bytes.ThreadedZstd(await thread(), await bytes.compileZstd(), take)
    for await (const chunk of chunked(mixed, [5000])) await inflater.push(chunk)
    await inflater.end()
    const block = 128 * 1024
    const at = (name: string, offset: number) => heard[name]?.find(([output]) => output >= offset)?.[1] ?? Number.NaN
    for (const name of ['pulled', 'pushed', 'without a thread']) {
      const [output, input] = heard[name]?.at(-1) ?? []
      expect(output).toBe(large.length + 2 * content.length)
      // Behind the last block there is its checksum.
      expect(input).toBe(mixed.length - 4)
      for (let offset = 0; offset < large.length; offset += block) {
        expect(Math.abs(at(name, offset) - at('without a thread', offset))).toBeLessThanOrEqual(block)
      }
    }
  })

  it('goes without a thread when all are lent', async () => {
    const lent = []
    for (let one = bytes.borrowThread(); one !== undefined; one = bytes.borrowThread()) lent.push(one)
    expect(lent).toHaveLength(availableParallelism())
    let total = 0
    for await (const chunk of bytes.inflate(chunked(whole, [1024 * 1024]))) total += chunk.length
    expect(total).toBe(large.length)
    for (const one of lent) bytes.returnThread(one)
  })

  it('keeps memory bounded both ways when nobody takes what it inflates', async () => {
    const bomb = zstd(Buffer.alloc(300_000_000))
    let asked = 0
    const source = async function* () {
      for await (const chunk of chunked(Buffer.concat([bomb, whole, whole, whole]), [100_000])) {
        asked += chunk.length
        yield chunk
      }
    }
    const inflating = bytes.unzstdThreaded(await thread(), await bytes.compileZstd(), source())
    let total = 0
    let most = 0
    let before = 0
    for await (const chunk of inflating) {
      total += chunk.length
      // Buffers of threads count for the process alone.
      if (before === 0) before = process.memoryUsage.rss()
      most = Math.max(most, process.memoryUsage.rss() - before)
      if (total < 20_000_000) {
        await new Promise(resolve => setTimeout(resolve, 50))
        expect(asked).toBeLessThanOrEqual(4 * 2 ** 20)
      }
    }
    expect(total).toBe(300_000_000 + 3 * large.length)
    expect(most).toBeLessThan(100 * 2 ** 20)
  })

  it('hands on the errors of who takes the chunks, and emits nothing after them', async () => {
    let calls = 0
    const take = bytes.taking(() => {
      calls++
      throw new Error('enough')
    })
    const inflater = new bytes.ThreadedZstd(await thread(), await bytes.compileZstd(), take)
    const all = async () => {
      await inflater.push(whole)
      await inflater.end()
    }
    await expect(all()).rejects.toThrow('enough')
    expect(calls).toBe(1)
  })

  it('hands on the errors of the source', async () => {
    const source = async function* () {
      yield whole
      throw new Error('the disk is gone')
    }
    await expect(pull(source())).rejects.toThrow('the disk is gone')
  })

  it('ends with the thread, and lets go of the source', async () => {
    const own = await thread()
    let closed = false
    const source = async function* () {
      try {
        for (;;) yield whole
      } finally {
        closed = true
      }
    }
    const exit = once(own, 'exit')
    for await (const _ of bytes.unzstdThreaded(own, await bytes.compileZstd(), source())) break
    await exit
    expect(closed).toBe(true)
  })

  it('ends with the thread when what was pushed is left', async () => {
    const own = await thread()
    bytes.returnThread(own)
    const exit = once(own, 'exit')
    const inflater = bytes.inflater('zstd', () => {})
    await inflater.push(whole)
    inflater.close()
    inflater.close()
    await exit
    await expect((async () => inflater.push(whole))()).rejects.toThrow('closed')
  })

  it('is an error when the thread dies', async () => {
    const own = await thread()
    const inflater = new bytes.ThreadedZstd(own, await bytes.compileZstd(), () => {})
    const end = inflater.end()
    await own.terminate()
    await expect(end).rejects.toThrow('gone')
  })

  it('ends a thread that rests', async () => {
    const own = await thread()
    bytes.returnThread(own)
    await once(own, 'exit')
  })

  it.each([
    ['to the end', 'for await (const chunk of chunks) total += chunk.length', large.length],
    ['and left', 'for await (const chunk of chunks) { total = -1; break }', -1],
    ['and forgotten', 'await chunks.next(); total = -2', -2],
  ])('does not keep the process alive: read %s', async (_, read, expected) => {
    const program = `
      import { inflate } from '${compiled.url('bytes/inflate.js')}'
      const input = []
      for await (const chunk of process.stdin) input.push(chunk)
      const source = async function* () { yield* input }
      const chunks = inflate(source(), 'zstd')
      let total = 0
      ${read}
      console.log(total)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(whole)
    let said = ''
    child.stdout.on('data', data => {
      said += data
    })
    const [code] = await once(child, 'close')
    expect([code, said.trim()]).toEqual([0, String(expected)])
  })
})
