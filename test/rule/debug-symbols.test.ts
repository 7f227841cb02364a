import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import fixture from '../../fixtures/rule/debug-symbols.ts'
import { library } from '../../src/demo/library.ts'
import type { Binary } from '../../src/probe/binary/binary.ts'
import rule from '../../src/rule/debug-symbols.ts'
import { examineWith, sharedLibrary } from '../binaries.ts'
import { examine, image } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'check',
    fix: 'strip',
    message: /^debug information and symbol tables in 1 file of layer 0: libtriton\.so$/,
    because: /libtriton\.so: 90,000 bytes of debug information, 24,001 bytes of symbols/,
    after: /^RUN pip install triton && strip --strip-unneeded \/usr\/.*\/libtriton\.so$/,
  },
  {
    layer: 1,
    verdict: 'check',
    fix: 'strip',
    after: /^strip --strip-unneeded \/app\/lib\/libapp\.so\.1\.2, where they are built, before this instruction copies/,
  },
])

describe('of libraries by hand', () => {
  const strippable: Binary['strippable'] = [
    { part: 'symbols', start: 10_000, end: 70_000 },
    { part: 'debug', start: 70_000, end: 80_000 },
  ]
  const parts = { code: 30_000, readOnly: 0, data: 0, debug: 10_000, symbols: 60_000, gpu: 0 }
  const unstripped = sharedLibrary({ strippable, parts })

  async function claimed(inside: Binary, path = '/opt/lib.so', content = 100_000) {
    const evidence = await examineWith(image({ run: 'make install', add: { [path]: content } }), { [path]: inside })
    return [...rule.check(evidence)].flatMap(({ claims }) => claims.map(({ ranges }) => ranges))
  }

  it('claims what strip would take, in one range where it touches', async () => {
    expect(await claimed(unstripped)).toEqual([[[10_000, 80_000]]])
  })

  const elf = { type: 'shared', machine: 62, osAbi: 0 } as const
  it.each<[string, Binary]>([
    ['objects to be linked', { ...unstripped, elf: { ...elf, type: 'relocatable' } }],
    ['static archives', { ...unstripped, kind: 'archive' }],
    ['code of other machines', { ...unstripped, elf: { ...elf, machine: 190 } }],
    ['files of symbols alone', { ...unstripped, parts: { ...parts, code: 0 } }],
    ['less than 64 KiB', { ...unstripped, strippable: [{ part: 'debug', start: 10_000, end: 10_000 + 65_535 }] }],
  ])('leaves out %s', async (_, inside) => {
    expect(await claimed(inside)).toEqual([])
  })

  it('leaves out what has a payload behind its sections, and what is not to be stripped by its name', async () => {
    const program = { ...unstripped, elf: { ...elf, interpreter: '/lib64/ld-linux-x86-64.so.2' } }
    expect(await claimed(program, '/opt/program', 300_000)).toEqual([[[10_000, 80_000]]])
    expect(await claimed(program, '/opt/program', 3_000_000)).toEqual([])
    // patchelf left a gap.
    expect(await claimed(unstripped, '/opt/lib.so', 3_000_000)).toEqual([[[10_000, 80_000]]])
    expect(await claimed(unstripped, '/usr/lib/libfreebl3.so')).toEqual([])
    expect(await claimed(unstripped, '/usr/lib/ld-2.31.so')).toEqual([])
  })

  it('finds many libraries rather than name them', async () => {
    const paths = ['a', 'b', 'c', 'd', 'e'].map(name => `/opt/lib/${name}.so`)
    const add = Object.fromEntries([...paths, '/opt/bin/program'].map(path => [path, 100_000]))
    const insides = Object.fromEntries(Object.keys(add).map(path => [path, unstripped]))
    const [finding] = [...rule.check(await examineWith(image({ run: 'make install', add }), insides))]
    expect(finding?.fix.after).toBe(
      "RUN make install && strip --strip-unneeded /opt/bin/program && find /opt/lib -name '*.so*' -type f -size +64k -exec strip --strip-unneeded {} ';'",
    )
  })

  it.each([
    ['that the base image has', { '/opt/lib/base.so.1': 100_000 }, {}],
    ['that must stay as it is', {}, { '/opt/lib/libgcrypt.so.20': 100_000 }],
  ])('names them where beside them is one %s', async (_, base, beside) => {
    const paths = ['a', 'b', 'c', 'd', 'e'].map(name => `/opt/lib/${name}.so`)
    const own = Object.fromEntries(paths.map(path => [path, 100_000]))
    const fixture = image({ run: 'base', add: base }, { run: 'make install', add: { ...own, ...beside } })
    const stripped = sharedLibrary({ parts })
    const insides = Object.fromEntries([
      ...paths.map(path => [path, unstripped] as const),
      ...Object.keys({ ...base, ...beside }).map(path => [path, stripped] as const),
    ])
    const [finding] = [...rule.check(await examineWith(fixture, insides))]
    expect(finding?.fix.after).toBe(`RUN make install && strip --strip-unneeded ${paths.join(' ')}`)
  })
})

const tool = spawnSync('strip', ['--version']).status === 0
it.skipIf(!tool)('takes from libraries what strip takes, but for a few names and gaps', async () => {
  const made = ['multi_default.so', 'rdc.so', 'sm90_only.so'].map(name => {
    return [name, readFileSync(new URL(`../../fixtures/gpu-code/${name}`, import.meta.url))] as const
  })
  const own = library({ soname: 'libown.so.1', code: 9000, debug: 90_000, symbols: 24_000 })
  const libraries = Object.fromEntries([...made, ['libown.so.1', own]])
  const { filesystem } = await examine(
    image({ add: Object.fromEntries(Object.entries(libraries).map(([name, bytes]) => [`/${name}`, bytes])) }),
  )
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-strip-'))
  try {
    for (const [name, bytes] of Object.entries(libraries)) {
      const path = join(folder, name)
      writeFileSync(path, bytes)
      execFileSync('strip', ['--strip-unneeded', path])
      const strippable = filesystem.binary(filesystem.at(`/${name}`) ?? 0)?.strippable ?? []
      const predicted = strippable.reduce((sum, { start, end }) => sum + end - start, 0)
      expect(predicted, name).toBeGreaterThan(0)
      // Headers and names of the sections that go, and the padding before them; of 314 MB in libtriton.so it was 4.8 kB.
      expect(Math.abs(bytes.length - statSync(path).size - predicted), name).toBeLessThan(1024)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
