import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GpuCode } from '../../../src/probe/binary/gpu-code.ts'
import { GpuScanner } from '../../../src/probe/binary/gpu-scanner.ts'

/** A folder of unpacked wheels, nvidia-cuda-cuobjdump and libraries with GPU code among them. */
const wheels = process.env.IMGAUDIT_WHEELS
const files = wheels === undefined ? [] : readdirSync(wheels, { recursive: true, encoding: 'utf8' })
const cuobjdump = files.find(file => file.endsWith('/bin/cuobjdump'))
const libraries = files.filter(file => /\.so(\.|$)/.test(file) && statSync(join(wheels ?? '', file)).isFile())

if (wheels === undefined) console.warn('skipped: comparing with cuobjdump needs IMGAUDIT_WHEELS=<folder of wheels>')

/** The whole file, pushed front to back. */
function scan(file: string): GpuCode | undefined {
  const { size } = statSync(file)
  const scanner = new GpuScanner(size, { frames: false })
  const chunk = Buffer.alloc(1024 * 1024)
  const descriptor = openSync(file, 'r')
  for (let at = 0; at < size; ) {
    const count = readSync(descriptor, chunk, 0, chunk.length, at)
    at = scanner.push(chunk.subarray(0, count), at)
  }
  closeSync(descriptor)
  return scanner.end()
}

/** Where cuobjdump looks. */
function fatbinSection(file: string): readonly [start: number, end: number] | undefined {
  const { stdout } = spawnSync('readelf', ['-SW', file], { encoding: 'utf8' })
  const [, offset, size] = /\.nv_fatbin +PROGBITS +[0-9a-f]+ +([0-9a-f]+) +([0-9a-f]+)/.exec(stdout) ?? []
  if (offset === undefined || size === undefined) return undefined
  return [parseInt(offset, 16), parseInt(offset, 16) + parseInt(size, 16)]
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Lines are `ELF file    1: name.1.sm_90a.cubin` and `PTX file    1: name.1.sm_120.ptx`. It gives up on what it no longer
 *  supports (`sm_35` since CUDA 12), and then undefined is given. */
function listed(file: string): string[] | undefined {
  const tool = join(wheels ?? '', cuobjdump ?? '')
  const lists = ['--list-elf', '--list-ptx'].map(list => {
    const { stdout, stderr } = spawnSync(tool, [list, file], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    if (stderr.includes('fatal')) return undefined
    const found = stdout.matchAll(/\.sm_(\d+[af]?)\.(cubin|ptx)$/gm)
    return [...found].map(([, arch, kind]) => `${kind === 'ptx' ? 'compute' : 'sm'}_${arch}`)
  })
  return lists.some(list => list === undefined) ? undefined : lists.flatMap(list => list ?? [])
}

describe.skipIf(cuobjdump === undefined)('cuobjdump', () => {
  it.each(libraries)('lists what is found in .nv_fatbin of %s', { timeout: 600_000 }, name => {
    const file = join(wheels ?? '', name)
    const section = fatbinSection(file)
    if (section === undefined) return
    const [from, to] = section
    const code = scan(file)
    expect(code?.inexact).toBeUndefined()
    const there = [...(code?.containers() ?? [])].filter(({ start }) => start >= from && start < to)
    // Its end may have padding that no container follows.
    expect(to - from - there.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(16)
    const names = listed(file)
    if (names === undefined) return console.warn(`skipped: cuobjdump cannot read ${name}`)
    const pieces = there.flatMap(({ pieces }) => pieces.map(({ label }) => label))
    const labels = pieces.filter(({ kind }) => kind === 'machine' || kind === 'ptx').map(({ arch }) => arch)
    // It shows sm_120f as sm_120.
    const plain = (arch: string) => arch.replace(/f$/, '')
    expect(counted(labels.map(plain))).toEqual(counted(names.map(plain)))
  })
})
