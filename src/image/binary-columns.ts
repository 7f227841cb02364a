import type { Binary } from '../probe/binary/binary.ts'
import { GpuCode } from '../probe/binary/gpu-code.ts'
import { isBinary, type NamedGpuCode } from './binary-shape.ts'
import type { Columns } from './columns.ts'
import { parseJson } from './document.ts'

/** What is inside of binaries as columns: JSON, but for pieces of GPU code, of which a library can have 100,000. */
export function binaryColumns(binaries: ReadonlyMap<number, Binary>): Columns {
  const [containers, pieces]: [ArrayLike<number>[], ArrayLike<number>[]] = [[], []]
  const said = [...binaries.values()].map(({ gpu, ...rest }) => {
    if (gpu === undefined) return rest
    const { containers: heads, pieces: own, ...named } = gpu.packed
    containers.push(heads)
    pieces.push(own)
    return { ...rest, gpu: { ...named, containers: heads.length, pieces: own.length } }
  })
  return {
    ordinal: Uint32Array.from(binaries.keys()),
    json: Buffer.from(JSON.stringify(said)),
    containers: joined(containers),
    pieces: joined(pieces),
  }
}

/** The binaries again, of a layer with so many entries. Throws an error for what `binaryColumns` never made. */
export function binariesFromColumns(
  { ordinal, json, containers, pieces }: Columns,
  entries: number,
): Map<number, Binary> {
  if (
    !(ordinal instanceof Uint32Array && json instanceof Uint8Array) ||
    !(containers instanceof Float64Array && pieces instanceof Float64Array)
  )
    throw new RangeError('no columns of binaries')
  const rest = { containers, pieces }
  const said = parseJson(Buffer.from(json.buffer, json.byteOffset, json.length), 'the list of binaries')
  if (!Array.isArray(said) || said.length !== ordinal.length) throw new RangeError('binaries without ordinals')
  const binaries = new Map(
    said.map((value: unknown, at) => {
      const of = ordinal[at] ?? entries
      if (of >= entries || !isBinary(value)) throw new RangeError(`no binary of entry ${of}`)
      const { gpu, ...binary } = value
      return [of, gpu === undefined ? binary : { ...binary, gpu: gpuOf(gpu, rest) }] as const
    }),
  )
  if (rest.containers.length + rest.pieces.length > 0) throw new RangeError('GPU code of no binary')
  return binaries
}

/** Takes as many numbers off the front of the columns as the description says. */
function gpuOf(
  { containers, pieces, ...named }: NamedGpuCode,
  rest: { containers: Float64Array; pieces: Float64Array },
): GpuCode {
  if (containers > rest.containers.length || pieces > rest.pieces.length) throw new RangeError('columns cut short')
  const packed = {
    ...named,
    containers: rest.containers.subarray(0, containers),
    pieces: rest.pieces.subarray(0, pieces),
  }
  rest.containers = rest.containers.subarray(containers)
  rest.pieces = rest.pieces.subarray(pieces)
  return GpuCode.unpacked(packed)
}

function joined(lists: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return all
}
