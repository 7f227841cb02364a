import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missing } from '../bytes/tools.ts'
import { expectAsGo } from './oracle/judged.ts'
import { ours } from './oracle/ours.ts'
import { go } from './oracle/programs.ts'

/** The archives that Go tests its reader with, and Python its own. */
function corpus(): string[] {
  const said = (program: string, ...options: string[]) =>
    spawnSync(program, options, { encoding: 'utf8' }).stdout?.trim() ?? ''
  const goes = join(said('go', 'env', 'GOROOT'), 'src/archive/tar/testdata')
  const python = said('python3', '-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))')
  const found = existsSync(goes) ? readdirSync(goes).map(name => join(goes, name)) : []
  const theirs = ['testtar.tar', 'recursion.tar'].map(name => join(python, 'test', name))
  return [...found, ...theirs].filter(path => path.endsWith('.tar') && existsSync(path))
}

describe.skipIf(missing(...go.tools))('the archives that come with Go and Python', () => {
  it('are read as Go reads them, or not at all', async () => {
    const paths = corpus()
    expect(paths.length).toBeGreaterThan(30)
    const theirs = await go.read(paths)
    let read = 0
    for (const [at, path] of paths.entries()) {
      if (expectAsGo(path, await ours(readFileSync(path), [1000]), theirs[at] ?? { members: [] })) read++
    }
    expect(read).toBeGreaterThan(20)
  })
})
