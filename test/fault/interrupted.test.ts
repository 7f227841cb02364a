import { execFileSync } from 'node:child_process'
import { closeSync, createReadStream, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { writeDemo } from '../../src/demo.ts'
import { layerTar } from '../archive.ts'
import { storeEngine } from '../source/content-store-engine.ts'
import { scratch } from '../source/open.ts'
import { faultyEngine } from './faulty-engine.ts'
import { killAtRandom, kills, type Way } from './kill.ts'
import { program, type Run, start } from './program.ts'

let built = ''
let folder = ''
let archive = ''

beforeAll(async () => {
  built = await program()
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-interrupted-'))
  archive = join(folder, 'demo.tar')
  await writeDemo(archive)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Bytes as they come out of a slow pipe. */
async function trickle({ stdin }: Run): Promise<void> {
  for await (const chunk of createReadStream(archive, { highWaterMark: 2 ** 20 })) {
    stdin?.write(chunk)
    await sleep(10)
  }
  stdin?.end()
}

const ways: Readonly<Record<string, () => Way>> = {
  'an archive, into files': () => ({
    argv: [archive, '--verify', '--entries', 'all.ndjson', '-o', 'report.json', '-o', 'report.md'],
    outputs: ['all.ndjson', 'report.json', 'report.md'],
  }),
  'standard input': () => ({ argv: ['-', '-o', 'report.json'], feed: trickle, outputs: ['report.json'] }),
  'the demo': () => ({ argv: ['demo', '-f', 'json'] }),
  'the demo, kept': () => ({ argv: ['demo', '--keep', 'demo.tar'], outputs: ['demo.tar'] }),
  'two archives': () => ({ argv: ['compare', archive, archive, '-o', 'both.json'], outputs: ['both.json'] }),
}

describe('a run that is interrupted at any moment ends soon, and leaves nothing:', () => {
  test.each(Object.keys(ways))(
    '%s',
    async name => {
      const numbers = Object.keys(ways)
      const way = ways[name]?.()
      if (way === undefined) throw new Error(name)
      await killAtRandom(built, way, Math.ceil(kills / 2 / numbers.length), numbers.indexOf(name))
    },
    600_000,
  )
})

describe('a run that is interrupted', () => {
  const fifo = (cwd: string) => {
    const path = join(cwd, 'pipe')
    execFileSync('mkfifo', [path])
    return path
  }

  test('does not wait for a reader of its standard output', async () => {
    const cwd = scratch()
    // Both ends: it can be opened, and nobody reads.
    const stdout = openSync(fifo(cwd), 'r+')
    const run = start(built, [archive, '--no-cache', '-f', 'json', '-o', 'report.txt'], { cwd, stdout })
    // What is printed is written behind the files, and is more than a pipe takes.
    await vi.waitFor(() => expect(readdirSync(cwd)).toContain('report.txt'), { timeout: 20_000 })
    await sleep(500)
    run.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    closeSync(stdout)
  })

  test('does not wait for a reader of an output file', async () => {
    const cwd = scratch()
    const run = start(built, [archive, '--no-cache', '-o', 'report.txt', '-o', `json=${fifo(cwd)}`], { cwd })
    await vi.waitFor(() => expect(readdirSync(cwd)).toContain('report.txt'), { timeout: 20_000 })
    await sleep(500)
    run.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' })
  })

  test('a second time ends at once, whatever it still has to clean up', async () => {
    const engine = await storeEngine({ layers: [await layerTar({ a: 'b' })] }, layer => layer)
    const faulty = await faultyEngine(engine.env, /^POST \/containers\/create$/, 'nothing comes')
    const run = start(built, ['docker:app:1', '--no-cache'], { env: faulty.env, hidden: engine.folder })
    await vi.waitFor(() => expect(faulty.asked).toContain('POST /containers/create'), { timeout: 20_000 })
    run.kill('SIGINT')
    expect(await Promise.race([run.ended, sleep(1000, 'it waits for the answer')])).toBe('it waits for the answer')
    run.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ signal: 'SIGTERM' })
  })
})
