import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeDemo } from '../../src/demo.ts'
import { imgaudit as run } from './imgaudit.ts'

let cwd = ''

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-why-'))
  await writeDemo(join(cwd, 'app.tar'))
})

afterAll(() => rmSync(cwd, { recursive: true }))

function imgaudit(...argv: readonly string[]) {
  return run(cwd, argv, { homedir: cwd })
}

it('explains a path of an image', async () => {
  expect(await imgaudit('why', 'app.tar', '/usr/bin/gdb')).toEqual({
    code: 0,
    stdout: `/usr/bin/gdb
file · 700 kB, 700,000 bytes

WHERE IT COMES FROM
  layer 2: RUN apt-get update && apt-get install -y python3.11-minimal gdb
    vim-tiny
  dpkg:gdb 13.1-3 owns it

WHO CLAIMS IT
  dev-extras · check · 700,000 bytes
    gdb, vim-tiny: 2 files
`,
    stderr: '',
  })
})

it('prints JSON, and writes files by their endings', async () => {
  const { code, stdout } = await imgaudit('why', 'app.tar', '/usr/bin/gdb', '-f', 'json', '-o', 'why.txt')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ path: '/usr/bin/gdb', copies: [{ layer: 2, hiddenBy: null }] })
  expect(readFileSync(join(cwd, 'why.txt'), 'utf8')).toMatch(/^\/usr\/bin\/gdb\nfile · 700 kB/)
})

it('ends with 2 for a path that the image never had, and 3 for no image', async () => {
  expect(await imgaudit('why', 'app.tar', '/usr/bin/gbd')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: no layer of the image has /usr/bin/gbd (PATH_UNKNOWN)\n  fix: did you mean /usr/bin/gdb?\n',
  })
  expect((await imgaudit('why', './none.tar', '/usr/bin/gdb')).code).toBe(3)
  expect((await imgaudit('why', 'app.tar')).stderr).toContain("missing required argument 'path' (USAGE)")
})
