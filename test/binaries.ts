import type { Evidence } from '../src/evidence/evidence.ts'
import { gather } from '../src/evidence/gather.ts'
import { gpuTargets } from '../src/evidence/gpu-target.ts'
import type { Image } from '../src/image/image.ts'
import type { Binary } from '../src/probe/binary/binary.ts'
import { GpuCode, type GpuContainer, type GpuKind } from '../src/probe/binary/gpu-code.ts'
import { type Fixture, openFixture } from './fixture.ts'

/** What is inside of a shared library for x86-64, but for what is given. */
export function sharedLibrary(own: Partial<Binary> = {}): Binary {
  return {
    kind: 'elf',
    elf: { type: 'shared', machine: 62, osAbi: 0 },
    parts: { code: 1, readOnly: 0, data: 0, debug: 0, symbols: 0, gpu: 0 },
    strippable: [],
    names: [],
    ...own,
  }
}

/** Containers one behind the other from `start`: each of them pieces by what they are for, with their bytes. */
export function gpuCode(start: number, ...containers: readonly Readonly<Record<string, number>>[]): GpuCode {
  let at = start
  return GpuCode.of(
    containers.map((kernels): GpuContainer => {
      const pieces = Object.entries(kernels).map(([arch, bytes]) => ({
        label: { arch: arch === 'overhead' ? '' : arch, kind: kindOf(arch) },
        bytes,
        unpacked: bytes * 3,
      }))
      const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0)
      const container = { form: 'fatbin' as const, start: at, bytes, pieces }
      at += bytes
      return container
    }),
  )
}

function kindOf(arch: string): GpuKind {
  if (arch === 'overhead') return 'overhead'
  if (arch.startsWith('compute_')) return 'ptx'
  return arch.startsWith('lto_') ? 'lto' : 'machine'
}

/** A fixture's image in which files at these paths, in whatever layer, have these insides. */
export async function imageWith(fixture: Fixture, insides: Readonly<Record<string, Binary>>): Promise<Image> {
  const image = await openFixture(fixture)
  const layers = image.layers.map(layer => {
    const { entries, facts } = layer.index
    const binaries = new Map<number, Binary>()
    for (let at = 0; at < entries.length; at++) {
      const inside = insides[entries.path(at)]
      if (inside !== undefined && entries.at(at).kind === 'file') binaries.set(at, inside)
    }
    return { ...layer, index: { ...layer.index, facts: { ...facts, binaries } } }
  })
  return { ...image, layers }
}

/** All evidence of such an image, for the GPUs that are named. */
export async function examineWith(
  fixture: Fixture,
  insides: Readonly<Record<string, Binary>>,
  ...gpus: readonly string[]
): Promise<Evidence> {
  const image = await imageWith(fixture, insides)
  const base = fixture.base === undefined ? {} : { baseLayers: fixture.base }
  return gather(image, { ...base, gpus: gpuTargets(gpus) })
}
