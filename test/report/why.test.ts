import { describe, expect, it } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import type { Evidence } from '../../src/evidence/evidence.ts'
import type { Explanation } from '../../src/report/explanation.ts'
import { whyText } from '../../src/report/table/why.ts'
import { explainPath } from '../../src/report/why.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { settle } from '../../src/savings/settle.ts'
import { base, linkedImage } from '../evidence/link/linked-image.ts'
import { examine, hardlink, image, symlink } from '../fixture.ts'

function explain(evidence: Evidence, path: string): Explanation {
  return explainPath(evidence, settle(evidence, candidatesOf(evidence)), path)
}

function text(why: Explanation): string {
  return whyText(why, { width: 80, colour: false, top: 10, all: false })
}

describe('why a file is there', () => {
  it('tells its layers, who hid which copy, and who claims how much', async () => {
    const evidence = await examine(
      image(
        { run: 'FROM debian', add: { '/etc/os-release': 'ID=debian\n', '/opt/app/model': 'x'.repeat(5000) } },
        { run: 'cp', add: { '/opt/app/model': 'y'.repeat(7000) } },
        { run: 'rm /opt/app/model', remove: ['/opt/app/model'] },
      ),
    )
    const why = explain(evidence, 'opt/app/../app/model')
    expect(why).toMatchObject({
      path: '/opt/app/model',
      kind: 'file',
      visible: false,
      copies: [
        { layer: 1, bytes: 7000, hiddenBy: { layer: 2, createdBy: 'RUN rm /opt/app/model', replaced: false } },
        { layer: 0, bytes: 5000, hiddenBy: { layer: 1, createdBy: 'RUN cp', replaced: true } },
      ],
      owner: null,
      loadedBy: [],
    })
    // Every byte of it is one finding's.
    expect(why.findings.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(12_000)
    const said = text(why)
    expect(said).toContain('file · 7.00 kB, 7,000 bytes · the image does not show it\n')
    expect(said).toContain(
      '  layer 1, 7,000 bytes: RUN cp\n      removed by layer 2, which frees nothing: RUN rm /opt/app/model\n',
    )
    expect(said).toContain('replaced by layer 1, which frees nothing: RUN cp\n')
    for (const line of said.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('tells where links lead, other names, and folders by layer', async () => {
    const evidence = await examine(
      image(
        { run: 'a', add: { '/usr/lib/one': 'content', '/usr/lib/two': hardlink('/usr/lib/one') } },
        { run: 'b', add: { '/lib': symlink('usr/lib'), '/usr/lib/three': 'more', '/link': symlink('/usr/lib/none') } },
      ),
    )
    expect(explain(evidence, '/usr/lib/one').names).toEqual(['/usr/lib/two'])
    expect(explain(evidence, '/lib/three').path).toBe('/usr/lib/three')
    expect(explain(evidence, '/link').link).toEqual({ target: '/usr/lib/none', file: null, bytes: null })
    expect(text(explain(evidence, '/link'))).toContain('leads to /usr/lib/none, where nothing is\n')
    const folder = explain(evidence, '/lib')
    expect(folder.link).toEqual({ target: 'usr/lib', file: '/usr/lib', bytes: null })
    expect(text(folder)).toContain('leads to usr/lib: /usr/lib, a directory\n')
    expect(explain(evidence, '/usr/lib').below).toMatchObject([
      { layer: 1, bytes: 4, count: 1 },
      { layer: 0, bytes: 7, count: 2 },
    ])
    expect(text(explain(evidence, '/usr'))).toContain('directory · 11 B, 11 bytes in 3 files\n')
  })

  it('tells of a folder what is hidden in it, and of one that is gone', async () => {
    const evidence = await examine(
      image(
        { run: 'cp', add: { '/wheels/a.whl': 'x'.repeat(500), '/app/one': 'y'.repeat(300), '/app/two': 'z' } },
        { run: 'rm', remove: ['/wheels', '/app/one'] },
      ),
    )
    const wheels = explain(evidence, '/wheels')
    expect(wheels.visible).toBe(false)
    expect(wheels.below).toMatchObject([{ layer: 0, bytes: 0, count: 0, hidden: { bytes: 500, count: 1 } }])
    expect(text(wheels)).toContain(
      '  layer 0: RUN cp\n      500 bytes in 1 file deleted or replaced later, which frees nothing\n',
    )
    expect(text(explain(evidence, '/app'))).toContain('directory · 1 B, 1 byte in 1 file\n')
    expect(explain(evidence, '/app').below).toMatchObject([{ bytes: 1, count: 1, hidden: { bytes: 300, count: 1 } }])
  })

  it('counts for a link what findings take of the file behind it', async () => {
    const add = {
      '/var/cache/apt/archives/one.deb': 'x'.repeat(400),
      '/cache': symlink('var/cache/apt/archives/one.deb'),
    }
    const why = explain(await examine(image({ run: 'apt-get install a', add })), '/cache')
    expect(why.link).toEqual({
      target: 'var/cache/apt/archives/one.deb',
      file: '/var/cache/apt/archives/one.deb',
      bytes: 400,
    })
    expect(why.findings).toMatchObject([{ rule: 'apt-cache', bytes: 400 }])
    expect(text(why)).toContain('WHO CLAIMS IT\n  apt-cache · safe · 400 bytes\n')
  })

  it.each([
    ['/usr/bin/gbd', '/usr/bin/gdb'],
    ['/opt/bin/gdb', '/usr/bin/gdb'],
    ['/usr/bni/gdb2', '/usr/bin'],
  ])('names what is near to %s', async (path, near) => {
    const evidence = await examine(image({ add: { '/usr/bin/gdb': 'x', '/etc/passwd': 'y' } }))
    const failure = (): unknown => {
      try {
        return explain(evidence, path)
      } catch (error) {
        return error
      }
    }
    const error = failure()
    if (!(error instanceof ImgauditError)) throw new Error('it is known')
    expect(error).toMatchObject({ code: 'PATH_UNKNOWN', exitCode: 2, message: `no layer of the image has ${path}` })
    expect(error.fix).toBe(`did you mean ${near}?`)
  })
})

it('tells who loads a library, by which rule, which copy others get, and what it needs', async () => {
  const { evidence } = await linkedImage(
    [
      {
        ...base,
        '/usr/bin/app': { program: true, needs: ['libx.so.1'], rpath: '$ORIGIN/../lib/app' },
        '/usr/bin/tool': { program: true, needs: ['libx.so.1'], names: ['libplugin.so'] },
        '/usr/lib/app/libx.so.1': {
          soname: 'libx.so.1',
          needs: ['libc.so.6', 'libgone.so', 'libcuda.so.1'],
          buildId: 'abcd',
        },
        '/opt/cuda/libx.so.1': { soname: 'libx.so.1' },
        '/opt/plugins/libplugin.so': { soname: 'libplugin.so' },
      },
    ],
    { env: { LD_LIBRARY_PATH: '/opt/cuda' }, command: ['app'] },
  )
  const why = explain(evidence, '/usr/lib/app/libx.so.1')
  expect(why).toMatchObject({
    binary: { what: 'shared library for x86-64', soname: 'libx.so.1', buildId: 'abcd' },
    started: true,
    loadedBy: [{ from: '/usr/bin/app', rule: 'rpath', because: 'RPATH $ORIGIN/../lib/app of /usr/bin/app' }],
    rivals: [{ path: '/opt/cuda/libx.so.1', loadedBy: [{ from: '/usr/bin/tool', rule: 'LD_LIBRARY_PATH' }] }],
    needs: [
      { name: 'libc.so.6', to: '/lib/x86_64-linux-gnu/libc.so.6', rule: 'default' },
      { name: 'libgone.so', to: null, rule: 'not-found', fromHost: false },
      { name: 'libcuda.so.1', to: null, rule: 'not-found', fromHost: true },
    ],
  })
  expect(text(why)).toContain(`WHO LOADS IT
  the program that the image starts loads it
  /usr/bin/app asks for libx.so.1
    RPATH $ORIGIN/../lib/app of /usr/bin/app
`)
  expect(text(why)).toContain("  libcuda.so.1 → not found\n    the host's driver brings it, when a container starts\n")
  expect(text(why)).toContain(`OTHER COPIES  that answer to the same name
  /opt/cuda/libx.so.1, loaded by
    /usr/bin/tool (libx.so.1)
      LD_LIBRARY_PATH has /opt/cuda
`)
  expect(explain(evidence, '/opt/plugins/libplugin.so').namedBy).toEqual(['/usr/bin/tool'])
  expect(text(explain(evidence, '/opt/plugins/libplugin.so'))).toContain('nothing here is linked to it;')
  expect(explain(evidence, '/usr/bin/app').root).toBe('program')
})
