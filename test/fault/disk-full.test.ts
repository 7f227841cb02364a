import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { writeDemo } from '../../src/demo.ts'
import { scratch } from '../source/open.ts'
import { program, start } from './program.ts'

let built = ''

beforeAll(async () => {
  built = await program()
})

/** Room for a small file, and for nothing that is written here. */
const room = '16k'
const mounts = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
if (!mounts) console.warn('SKIPPED "a disk that is full": only root may mount a small one')

/** A folder with the demo's archive, and a small disk in it. */
async function folders(): Promise<{ readonly cwd: string; readonly disk: string }> {
  const cwd = scratch()
  const disk = join(cwd, 'disk')
  mkdirSync(disk)
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${room}`, 'none', disk])
  onTestFinished(() => void spawnSync('umount', [disk]))
  await writeDemo(join(cwd, 'app.tar'))
  return { cwd, disk }
}

const full = 'no space left on device'

describe.skipIf(!mounts)('a disk that is full', () => {
  test.each([
    ['a report', ['app.tar', '--no-cache', '-o', 'disk/report.json'], {}],
    ['all entries', ['app.tar', '--no-cache', '--entries', 'disk/all.ndjson'], {}],
    ['a comparison', ['compare', 'app.tar', 'app.tar', '-o', 'disk/both.json'], {}],
    ['the demo', ['demo'], { TMPDIR: 'disk' }],
    ['the demo, kept', ['demo', '--keep', 'disk/demo.tar'], {}],
  ])('gets nothing instead of a half of %s, and one error', async (_, argv, env) => {
    const { cwd, disk } = await folders()
    const { code, stdout, stderr } = await start(built, argv, { cwd, env: { HOME: cwd, ...env } }).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .*disk\/.* \(OUTPUT_FAILED\)\n {2}fix: .+\n$/)
    expect(stderr).toContain(full)
    expect(readdirSync(disk)).toEqual([])
  })

  test('does without the cache, and says so', async () => {
    const { cwd, disk } = await folders()
    const argv = ['app.tar', '--verify', '-f', 'json']
    const { code, stdout } = await start(built, argv, { cwd, env: { HOME: cwd, XDG_CACHE_HOME: disk } }).ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout).notices).toContainEqual({
      code: 'cache-unwritable',
      message: expect.stringContaining(full),
    })
    expect(readdirSync(join(disk, 'imgaudit/layers')).filter(name => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('a device that is full', () => {
  const outputs = [
    ['a report', ['app.tar', '-o', 'json=/dev/full'], {}],
    ['all entries', ['app.tar', '--entries', '/dev/full'], {}],
    ['the summary of a step', ['app.tar', '-f', 'github'], { GITHUB_STEP_SUMMARY: '/dev/full' }],
  ] as const
  test.each(outputs)('gets %s: one error', async (_, argv, env) => {
    const cwd = scratch()
    await writeDemo(join(cwd, 'app.tar'))
    const { code, stderr } = await start(built, argv, { cwd, env: { HOME: cwd, ...env } }).ended
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^error: .*\/dev\/full cannot be written: no space left on device \(OUTPUT_FAILED\)\n {2}fix: .+\n$/,
    )
  })

  test('is standard output: one error', async () => {
    const cwd = scratch()
    await writeDemo(join(cwd, 'app.tar'))
    const stdout = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(stdout))
    for (const argv of [['app.tar'], ['rules'], ['--help'], ['man']]) {
      const { code, stderr } = await start(built, argv, { cwd, stdout, env: { HOME: cwd } }).ended
      expect(code).toBe(2)
      expect(stderr).toMatch(/^error: standard output cannot be written: no space left on device \(OUTPUT_FAILED\)\n/)
    }
  })
})

test('a reader that closes the pipe ends the run quietly', async () => {
  const cwd = scratch()
  await writeDemo(join(cwd, 'app.tar'))
  const script = `'${process.execPath}' '${built}/bin/imgaudit.js' app.tar -f json`
  for (const reader of ['head -c 10', 'true']) {
    const shell = `set -o pipefail; ${script} | ${reader} >/dev/null`
    const { status, stderr } = spawnSync('bash', ['-c', shell], {
      cwd,
      env: { ...process.env, HOME: cwd },
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  }
})
