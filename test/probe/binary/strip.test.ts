import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { read } from './read.ts'
import { readelf } from './readelf.ts'

const hasCompiler = ['gcc', 'strip', 'objcopy'].every(tool => spawnSync(tool, ['--version']).status === 0)

describe.skipIf(!hasCompiler)('what strip takes', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgaudit-strip-'))
    writeFileSync(join(folder, 'x.c'), 'int twice(int n) { return 2 * n; }\nint main(void) { return twice(0); }\n')
    writeFileSync(join(folder, 'kept'), Buffer.alloc(5000, 1))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function run(tool: string, ...options: string[]): void {
    const { status, stderr } = spawnSync(tool, options, { cwd: folder, encoding: 'utf8' })
    expect(status, `${tool} ${options.join(' ')}: ${stderr}`).toBe(0)
  }

  /** Bytes that strip takes of a file, by its sections; what it says beside is names of sections. */
  function taken(path: string): number {
    const after = join(folder, 'after')
    copyFileSync(path, after)
    run('strip', '--strip-unneeded', after)
    const sum = (file: string) =>
      readelf(file)
        .sections.filter(({ type, name }) => !['NOBITS', 'NULL'].includes(type) && name !== '.shstrtab')
        .reduce((total, { size }) => total + size, 0)
    const [sections, file] = [sum(path) - sum(after), statSync(path).size - statSync(after).size]
    // Headers of sections, their names and alignment go or stay with it.
    expect(Math.abs(file - sections)).toBeLessThan(4096)
    return sections
  }

  const builds: Readonly<Record<string, readonly string[]>> = {
    'a library': ['-shared', '-fPIC'],
    'a library with debug information': ['-shared', '-fPIC', '-g'],
    'a library with compressed debug information': ['-shared', '-fPIC', '-g3', '-gz'],
    'a program': [],
    'a program with debug information': ['-g3'],
    'a program that is linked statically': ['-static', '-g'],
    'a program that kept its relocations': ['-Wl,-q', '-g'],
    'a stripped library': ['-shared', '-fPIC', '-s'],
  }

  it.each(Object.entries(builds))('%s', (_, options) => {
    const path = join(folder, 'built')
    run('gcc', ...options, 'x.c', '-o', path)
    const { strippable } = read(readFileSync(path))
    const predicted = strippable.reduce((sum, { start, end }) => sum + end - start, 0)
    if (options.includes('-Wl,-q')) expect(predicted).toBeLessThanOrEqual(taken(path))
    else expect(predicted).toBe(taken(path))
    expect(strippable.some(({ part }) => part === 'debug')).toBe(options.some(option => option.startsWith('-g')))
  })

  it.each(['.gnu_debugdata', '.comment.x', '.rustc', '.gdb_index', '.debug_x', '.zdebug_x', '.stab', '.line'])(
    'of a section %s that is not loaded',
    name => {
      run('gcc', '-shared', '-fPIC', 'x.c', '-o', 'plain')
      run('objcopy', `--add-section=${name}=kept`, 'plain', 'added')
      const path = join(folder, 'added')
      const predicted = read(readFileSync(path)).strippable.reduce((sum, { start, end }) => sum + end - start, 0)
      expect(predicted).toBe(taken(path))
    },
  )

  it('is nothing of a program with a payload behind it, which strip would drop', () => {
    run('gcc', '-g', 'x.c', '-o', 'program')
    const program = readFileSync(join(folder, 'program'))
    expect(read(program).strippable.length).toBeGreaterThan(0)
    expect(read(Buffer.concat([program, Buffer.from('export default { port: 80 }')])).strippable).toEqual([])
  })

  it('is nothing of an object and of an archive', () => {
    run('gcc', '-c', '-g', 'x.c', '-o', 'x.o')
    run('ar', 'rcs', 'x.a', 'x.o')
    const object = read(readFileSync(join(folder, 'x.o')), '/x.o')
    const archive = read(readFileSync(join(folder, 'x.a')), '/x.a')
    expect(object.strippable).toEqual([])
    expect(archive).toEqual({ kind: 'archive', parts: object.parts, strippable: [], names: [] })
    expect(object.parts?.debug).toBeGreaterThan(0)
  })
})
