import { execFileSync } from 'node:child_process'
import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { layerTar, legacyArchive } from '../archive.ts'
import { scratch } from '../source/open.ts'
import { imgaudit } from './imgaudit.ts'

async function archived(files: Record<string, Buffer>): Promise<string> {
  const cwd = scratch()
  writeFileSync(join(cwd, 'app.tar'), await legacyArchive({ layers: [await layerTar(files)], name: 'app:1' }))
  return cwd
}

it('lets no name of an image be a command of the job, also where a table is printed beside', async () => {
  const cwd = await archived({ '##[error]no/::error::no': Buffer.alloc(1000), ' ::warning::no': Buffer.alloc(1000) })
  const { code, stdout } = await imgaudit(cwd, ['app.tar', '-f', 'table,github,markdown'], { homedir: cwd })
  expect(code).toBe(0)
  let stopped: string | undefined
  const commands: string[] = []
  for (const line of stdout.split('\n')) {
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1]
    if (stopped === undefined && stop !== undefined) stopped = stop
    else if (stopped !== undefined && line === `::${stopped}::`) stopped = undefined
    else if (stopped === undefined && /^\s*::|##\[/.test(line)) commands.push(line)
  }
  expect(stopped).toBeUndefined()
  expect(commands.length).toBeGreaterThan(0)
  for (const command of commands) expect(command).toMatch(/^::(error|warning|notice)( [^:]*)?::/)
  for (const command of commands) expect(command).not.toMatch(/^::(error|warning)::no/)
})

it('prints nothing where a file cannot be written', async () => {
  const cwd = await archived({ a: Buffer.alloc(1000) })
  const { code, stdout } = await imgaudit(cwd, ['app.tar', '-f', 'json', '-o', '/dev/full/x.json'], { homedir: cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

it.each(['json', 'sarif', 'gitlab', 'junit'])('lets nothing stand beside %s, which a program reads', async format => {
  const cwd = await archived({ a: Buffer.alloc(1000) })
  const { code, stderr } = await imgaudit(cwd, ['app.tar', '-f', `table,${format}`])
  expect(code).toBe(2)
  expect(stderr).toContain(`-o ${format}=<file>`)
})

it('adds to the summary of a step what the markdown says', async () => {
  const cwd = await archived({ a: Buffer.alloc(1000) })
  const env = { GITHUB_STEP_SUMMARY: 'summary.md' }
  writeFileSync(join(cwd, 'summary.md'), '# before\n')
  const { code } = await imgaudit(cwd, ['app.tar', '-f', 'github', '-o', 'own.md'], { env, homedir: cwd })
  expect(code).toBe(0)
  const own = readFileSync(join(cwd, 'own.md'), 'utf8')
  expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toBe(`# before\n\n\n${own}`)
})

it('writes into a pipe, and leaves it one', async () => {
  const cwd = await archived({ a: Buffer.alloc(1000) })
  const pipe = join(cwd, 'pipe')
  execFileSync('mkfifo', [pipe])
  // For reading alone, opening it would wait for a writer.
  const open = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
  try {
    const { code } = await imgaudit(cwd, ['app.tar', '-o', 'json=pipe'], { homedir: cwd })
    expect({ code, pipe: lstatSync(pipe).isFIFO() }).toEqual({ code: 0, pipe: true })
    const bytes = Buffer.alloc(1 << 16)
    expect(JSON.parse(bytes.toString('utf8', 0, readSync(open, bytes)))).toMatchObject({ schemaVersion: 1 })
  } finally {
    closeSync(open)
  }
})

it.each([
  [['-o', 'a.json', '-o', './a.json'], 'a.json would be written twice'],
  [['-o', 'a.json', '-o', 'sarif=a.json'], 'a.json would be written twice'],
  [['--entries', 'a.json', '-o', 'a.json'], 'a.json would be written twice'],
  [['-o', '/dev/stdout'], '/dev/stdout is standard output'],
  [['-o', 'json=-'], '- is standard output'],
  [['--entries', '-'], '- is standard output'],
  [['-o', ''], 'an output file has no name'],
  [['-o', 'json='], 'an output file has no name'],
  [['-o', '.'], '. is a folder'],
  [['-o', 'jsn=a.json'], 'there is no format jsn'],
  [['-o', 'a'], 'the ending of a names no format'],
])('refuses %j before an image is read', async (options, told) => {
  const cwd = scratch()
  const { code, stdout, stderr } = await imgaudit(cwd, ['no.tar', ...options])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(told)
  expect(readdirSync(cwd)).toEqual([])
})

it('knows endings in capitals, and prints a format once', async () => {
  const cwd = await archived({ a: Buffer.alloc(1000) })
  const once = await imgaudit(cwd, ['app.tar', '-o', 'A.JSON'], { homedir: cwd })
  expect(JSON.parse(readFileSync(join(cwd, 'A.JSON'), 'utf8'))).toMatchObject({ schemaVersion: 1 })
  expect(await imgaudit(cwd, ['app.tar', '-f', 'table,table'], { homedir: cwd })).toEqual(once)
})
