import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Evidence } from '../../src/evidence/evidence.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import type { Binary } from '../../src/probe/binary/binary.ts'
import { docker, type Engine, run } from '../real/engines.ts'

export interface Comparison {
  readonly compared: number
  readonly differences: readonly string[]
}

interface Live {
  readonly inode: EntryId
  /** On the engine's disk. */
  readonly path: string
  readonly binary: Binary
}

/** What the image shows of binaries, and where their contents lie. */
async function liveBinaries(engine: Engine, tag: string, { filesystem }: Evidence): Promise<Live[]> {
  const format = '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}'
  const said = await docker(engine, 'image', 'inspect', '--format', format, tag)
  const folders = said.trim().split(':').reverse()
  return filesystem.layers.flatMap(({ position, index }) => {
    const { from } = filesystem.range(position)
    return [...index.facts.binaries].flatMap(([ordinal, binary]) => {
      const inode = from + ordinal
      return filesystem.live(inode) ? [{ inode, path: `${folders[position]}${filesystem.path(inode)}`, binary }] : []
    })
  })
}

const tags = /\((NEEDED|SONAME|RPATH|RUNPATH)\)[^[]*\[(.*)\]/

/** Every dynamic fact and build-id, against GNU readelf. */
export async function readelf(engine: Engine, tag: string, evidence: Evidence): Promise<Comparison> {
  const live = (await liveBinaries(engine, tag, evidence)).filter(({ binary }) => binary.elf?.dynamic !== undefined)
  const differences: string[] = []
  for (let at = 0; at < live.length; at += 100) {
    const some = live.slice(at, at + 100)
    // It says which file it reads where it reads several.
    const said = await run('readelf', ['-dnW', live[0]?.path ?? '', ...some.map(({ path }) => path)])
    const byPath = new Map(said.split(/^File: /m).map(part => [part.slice(0, part.indexOf('\n')), part] as const))
    for (const { path, binary } of some) {
      const theirs = factsIn(byPath.get(path) ?? '')
      const facts = factsOf(binary)
      // It passes over notes that patchelf aligned to 8.
      const ours = theirs.endsWith('build-id ') ? facts.replace(/[0-9a-f]+$/, '') : facts
      if (ours !== theirs) differences.push(`${path}\n${ours}\nreadelf:\n${theirs}`)
    }
  }
  return { compared: live.length, differences }
}

function factsOf({ elf }: Binary): string {
  const { soname, needed = [], rpath, runpath } = elf?.dynamic ?? {}
  const lines = needed.map(name => `NEEDED ${name}`)
  if (soname !== undefined) lines.push(`SONAME ${soname}`)
  if (rpath !== undefined) lines.push(`RPATH ${rpath}`)
  if (runpath !== undefined) lines.push(`RUNPATH ${runpath}`)
  return [...lines.sort(), `build-id ${elf?.buildId ?? ''}`].join('\n')
}

function factsIn(said: string): string {
  const lines = said.split('\n').flatMap(line => {
    const [, kind, value] = tags.exec(line) ?? []
    return kind === undefined ? [] : [`${kind} ${value}`]
  })
  return [...lines.sort(), `build-id ${/Build ID: ([0-9a-f]+)/.exec(said)?.[1] ?? ''}`].join('\n')
}

/**
 * How many images of each architecture a file has, against NVIDIA's cuobjdump. That one reads the sections .nv_fatbin and
 * __nv_relfatbin alone, so it may see fewer; of what PyTorch compiles for CUDA it sees all.
 */
export async function cuobjdump(engine: Engine, tag: string, evidence: Evidence): Promise<Comparison> {
  const all = await liveBinaries(engine, tag, evidence)
  // Of CUDA 11, the image's own: newer ones refuse architectures that are gone.
  const own = all.find(({ path }) => path.endsWith('/bin/cuobjdump') && tag.endsWith('cu11'))
  const program = own?.path ?? (await cuobjdumpProgram())
  const live = all.filter(({ binary }) => binary.kind === 'elf' && binary.gpu)
  const differences: string[] = []
  let compared = 0
  for (const { inode, path, binary } of live) {
    const said = await listed(program, path)
    if (said === undefined) continue
    compared++
    const theirs = counted(said.matchAll(/\.(sm_\d+[af]?)\.(cubin|ptx)$/gm))
    const ours = new Map<string, number>()
    for (const { form, pieces } of binary.gpu?.containers() ?? []) {
      if (form !== 'fatbin') continue
      for (const { label } of pieces) {
        // It leaves the `f` of a family out.
        const arch = label.arch.replace('compute_', 'sm_').replace(/f$/, '')
        const key = `${arch} ${label.kind === 'ptx' ? 'ptx' : 'cubin'}`
        if (label.kind === 'machine' || label.kind === 'ptx') ours.set(key, (ours.get(key) ?? 0) + 1)
      }
    }
    const whole = /\/libtorch_cuda\w*\.so$|\/libc10_cuda\.so$/.test(evidence.filesystem.path(inode))
    for (const key of whole ? new Set([...ours.keys(), ...theirs.keys()]) : theirs.keys()) {
      const [a, b] = [ours.get(key) ?? 0, theirs.get(key) ?? 0]
      if (whole ? a !== b : a < b) differences.push(`${path} ${key}: ${a}, cuobjdump ${b}`)
    }
  }
  return { compared, differences }
}

/** What it lists; undefined where it refuses the file: architectures of before its time, code that it cannot
 *  take apart (libcublas of CUDA 12). */
async function listed(program: string, path: string): Promise<string | undefined> {
  try {
    return await run(program, ['--list-elf', '--list-ptx', path])
  } catch (error) {
    if (error instanceof Error && /does not contain device code/.test(error.message)) return ''
    if (error instanceof Error && /Support for 'sm_\d+' has been removed|Invalid ELF/i.test(error.message))
      return undefined
    throw error
  }
}

function counted(found: Iterable<RegExpMatchArray>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [, arch, kind] of found) counts.set(`${arch} ${kind}`, (counts.get(`${arch} ${kind}`) ?? 0) + 1)
  return counts
}

/** Of NVIDIA's wheel, kept beside the engines. */
async function cuobjdumpProgram(): Promise<string> {
  const cache =
    process.env.IMGAUDIT_ENGINES ??
    join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '', '.cache'), 'imgaudit/engines')
  const folder = join(cache, 'cuobjdump')
  const find = () => {
    try {
      return readdirSync(folder, { recursive: true })
        .map(String)
        .find(path => path.endsWith('bin/cuobjdump'))
    } catch {
      return undefined
    }
  }
  if (find() === undefined)
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, 'nvidia-cuda-cuobjdump'])
  const program = find()
  if (program === undefined) throw new Error(`no cuobjdump in ${folder}`)
  await run('chmod', ['+x', join(folder, program)])
  return join(folder, program)
}
