/** What an object of `elf` has; all of it can be left out. */
export interface ElfParts {
  readonly type?: 'executable' | 'shared'
  readonly machine?: number
  readonly soname?: string
  readonly needed?: readonly string[]
  readonly rpath?: string
  readonly runpath?: string
  readonly interpreter?: string
  /** Hexadecimal. */
  readonly buildId?: string
  /** Sections by name, each with its content. Those that begin with `.debug` are not loaded, `.text` is executed. */
  readonly sections?: Readonly<Record<string, Buffer>>
}

interface Section {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly content: Buffer
  readonly link?: string
  readonly entry?: number
}

const headerSize = 64
const loaded = 2
const executed = 4
/** PT_INTERP, PT_NOTE, PT_DYNAMIC. */
const segmentKinds = new Map([
  ['.interp', 3],
  ['.note.gnu.build-id', 4],
  ['.dynamic', 2],
])

/**
 * A 64-bit ELF object, x86-64 unless told, as small as it can be: what a linker would write of it, in the usual order, with
 * addresses that are offsets. readelf reads it; nothing runs it.
 */
export function elf(parts: ElfParts = {}): Buffer {
  const strings = new Strings()
  const dynamic = dynamicOf(parts, strings)
  const sections: Section[] = []
  const add = (name: string, type: number, flags: number, content: Buffer, more: Partial<Section> = {}) =>
    sections.push({ name, type, flags, content, ...more })
  if (parts.interpreter !== undefined) add('.interp', 1, loaded, Buffer.from(`${parts.interpreter}\0`))
  if (parts.buildId !== undefined) add('.note.gnu.build-id', 7, loaded, note(Buffer.from(parts.buildId, 'hex')))
  if (dynamic !== undefined) add('.dynstr', 3, loaded, strings.bytes())
  for (const [name, content] of Object.entries(parts.sections ?? {})) {
    const flags = name.startsWith('.debug') || name === '.comment' ? 0 : name === '.text' ? loaded | executed : loaded
    add(
      name,
      name === '.symtab' ? 2 : 1,
      name === '.symtab' ? 0 : flags,
      content,
      name === '.symtab' ? { link: '.strtab', entry: 24 } : {},
    )
    if (name === '.symtab') add('.strtab', 3, 0, Buffer.from('\0main\0'))
  }
  if (dynamic !== undefined) add('.dynamic', 6, loaded | 1, dynamic, { link: '.dynstr', entry: 16 })
  return laidOut(parts, sections)
}

function laidOut({ type = 'shared', machine = 62 }: ElfParts, sections: readonly Section[]): Buffer {
  const segments: { readonly kind: number; readonly name?: string }[] = [{ kind: 1 }]
  for (const { name } of sections) {
    const kind = segmentKinds.get(name)
    if (kind !== undefined) segments.push({ kind, name })
  }
  const names = new Strings()
  let end = headerSize + 56 * segments.length
  const placed = sections.map(section => {
    const start = Math.ceil(end / 8) * 8
    end = start + section.content.length
    return { ...section, start, nameAt: names.at(section.name) }
  })
  const namesAt = names.at('.shstrtab')
  const table = Buffer.concat([names.bytes()])
  const tableStart = end
  const headersStart = Math.ceil((tableStart + table.length) / 8) * 8
  const file = Buffer.alloc(headersStart + 64 * (sections.length + 2))
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])
  file.writeUInt16LE(type === 'shared' ? 3 : 2, 16)
  file.writeUInt16LE(machine, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(headerSize), 32)
  file.writeBigUInt64LE(BigInt(headersStart), 40)
  for (const [at, value] of [
    [52, 64],
    [54, 56],
    [56, segments.length],
    [58, 64],
    [60, sections.length + 2],
    [62, sections.length + 1],
  ] as const)
    file.writeUInt16LE(value, at)
  for (const [number, { kind, name }] of segments.entries()) {
    const found = placed.find(section => section.name === name)
    const [start, size] = found === undefined ? [0, tableStart] : [found.start, found.content.length]
    const at = headerSize + 56 * number
    file.writeUInt32LE(kind, at)
    file.writeUInt32LE(4, at + 4)
    for (const [field, value] of [
      [8, start],
      [16, start],
      [24, start],
      [32, size],
      [40, size],
      [48, 8],
    ] as const)
      file.writeBigUInt64LE(BigInt(value), at + field)
  }
  for (const { start, content } of placed) file.set(content, start)
  file.set(table, tableStart)
  const all = [
    ...placed,
    { nameAt: namesAt, type: 3, flags: 0, start: tableStart, content: table, link: undefined, entry: 0 },
  ]
  for (const [number, { nameAt, type: kind, flags, start, content, link, entry }] of all.entries()) {
    const at = headersStart + 64 * (number + 1)
    file.writeUInt32LE(nameAt, at)
    file.writeUInt32LE(kind, at + 4)
    for (const [field, value] of [
      [8, flags],
      [16, flags & loaded ? start : 0],
      [24, start],
      [32, content.length],
      [48, 1],
      [56, entry ?? 0],
    ] as const)
      file.writeBigUInt64LE(BigInt(value), at + field)
    file.writeUInt32LE(link === undefined ? 0 : placed.findIndex(({ name }) => name === link) + 1, at + 40)
  }
  return file
}

/** The dynamic section, its address of strings last to be known: they come right after the headers in every object here. */
function dynamicOf(parts: ElfParts, strings: Strings): Buffer | undefined {
  const { soname, needed = [], rpath, runpath } = parts
  if (soname === undefined && needed.length === 0 && rpath === undefined && runpath === undefined) return undefined
  const tags: [number, number][] = needed.map(name => [1, strings.at(name)])
  if (soname !== undefined) tags.push([14, strings.at(soname)])
  if (rpath !== undefined) tags.push([15, strings.at(rpath)])
  if (runpath !== undefined) tags.push([29, strings.at(runpath)])
  tags.push([5, stringsStart(parts)], [10, strings.bytes().length], [0, 0])
  const bytes = Buffer.alloc(tags.length * 16)
  for (const [number, [tag, value]] of tags.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), number * 16)
    bytes.writeBigUInt64LE(BigInt(value), number * 16 + 8)
  }
  return bytes
}

/** Where `.dynstr` comes to lie: behind the headers, the interpreter and the note, each at a multiple of 8. */
function stringsStart({ interpreter, buildId }: ElfParts): number {
  const before = [interpreter && interpreter.length + 1, buildId && 16 + buildId.length / 2]
  const segments = 2 + before.filter(size => size).length
  return before.reduce<number>((end, size) => Math.ceil((end + (size || 0)) / 8) * 8, headerSize + 56 * segments)
}

function note(id: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt32LE(4, 0)
  head.writeUInt32LE(id.length, 4)
  head.writeUInt32LE(3, 8)
  return Buffer.concat([head, Buffer.from('GNU\0'), id])
}

/** A table of strings, each once. */
class Strings {
  #text = '\0'

  at(name: string): number {
    const known = this.#text.indexOf(`\0${name}\0`)
    if (known !== -1) return known + 1
    this.#text += `${name}\0`
    return this.#text.length - name.length - 1
  }

  bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1')
  }
}
