import type { Binary, Dynamic, Elf, Parts, Strippable } from '../probe/binary/binary.ts'
import type { PackedGpuCode } from '../probe/binary/gpu-code.ts'
import { isObject } from './document.ts'
import { each, type Fields, fitting, maybe, natural, oneOf, text, texts, truth } from './shape.ts'

/** Its GPU code without the columns, but for how long they are. */
export type NamedGpuCode = Omit<PackedGpuCode, 'containers' | 'pieces'> & Record<'containers' | 'pieces', number>

/** What is inside of a binary, as a file says it. */
export type NamedBinary = Omit<Binary, 'gpu'> & { readonly gpu?: NamedGpuCode }

const dynamic: Fields<Dynamic> = {
  soname: maybe(text),
  needed: texts,
  rpath: maybe(text),
  runpath: maybe(text),
  noDefaultFolders: maybe(truth),
  filters: maybe(texts),
}

const elf: Fields<Elf> = {
  type: oneOf('relocatable', 'executable', 'shared', 'core', 'other'),
  machine: natural,
  osAbi: natural,
  dynamic: maybe(fitting(dynamic)),
  interpreter: maybe(text),
  buildId: maybe(text),
}

const parts: Fields<Parts> = {
  code: natural,
  readOnly: natural,
  data: natural,
  debug: natural,
  symbols: natural,
  gpu: natural,
}

const isLabel = fitting({ arch: text, kind: oneOf('machine', 'ptx', 'lto', 'other', 'overhead') })

const gpu: Fields<PackedGpuCode> = {
  inexact: maybe(text),
  labels: value => Array.isArray(value) && value.every(isLabel),
  containers: natural,
  pieces: natural,
}

const binary: Fields<Binary> = {
  elf: maybe(fitting(elf)),
  parts: maybe(fitting(parts)),
  strippable: each<Strippable>({ part: oneOf('debug', 'symbols'), start: natural, end: natural }),
  gpu: maybe(fitting(gpu)),
  names: texts,
  is32Bit: maybe(truth),
  unread: maybe(text),
}

const isKind = oneOf('elf', 'archive', 'data')
const hasFields = fitting(binary)

/** Whether a value out of a file is what probes say of a binary. */
export function isBinary(value: unknown): value is NamedBinary {
  return isObject(value) && isKind(value.kind) && hasFields(value)
}
