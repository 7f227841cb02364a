import type { Evidence } from '../../../src/evidence/evidence.ts'
import { gather } from '../../../src/evidence/gather.ts'
import { linksOf } from '../../../src/evidence/link/linked.ts'
import type { LinkEdge } from '../../../src/evidence/link/links.ts'
import type { EntryId } from '../../../src/image/filesystem.ts'
import type { Binary, Dynamic, Elf } from '../../../src/probe/binary/binary.ts'
import type { PackageRecord } from '../../../src/probe/package-record.ts'
import { type ConfigData, type Content, file, image, type LayerData, type Node, openFixture } from '../../fixture.ts'

/** What is known of one file: an ELF file unless it is an entry of a fixture. */
export interface Linking extends Partial<Omit<Dynamic, 'needed'>> {
  readonly needs?: readonly string[]
  readonly names?: readonly string[]
  readonly machine?: number
  readonly buildId?: string
  readonly mode?: number
  /** A program has an interpreter. */
  readonly program?: true | string
  readonly unread?: string
}

export const glibc = '/lib64/ld-linux-x86-64.so.2'

/** What every glibc image of Debian has. */
export const base: Readonly<Record<string, Linking | Node>> = {
  '/lib64/ld-linux-x86-64.so.2': { kind: 'symlink', target: '/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' },
  '/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': { soname: 'ld-linux-x86-64.so.2' },
  '/lib/x86_64-linux-gnu/libc.so.6': { soname: 'libc.so.6', needs: ['ld-linux-x86-64.so.2'] },
}

/** An image whose ELF files are facts alone: what their bytes would say. Records by path. */
export async function linkedImage(
  layers: readonly Readonly<Record<string, Linking | Node | Content>>[],
  config: ConfigData = {},
  records: Readonly<Record<string, PackageRecord>> = {},
  removes: readonly (readonly string[])[] = [],
): Promise<Linked> {
  const data = layers.map((files, at): LayerData => {
    const add = Object.entries(files).map(([path, one]) => [path, isLinking(one) ? elfFile(path, one) : one] as const)
    return { run: `step ${at}`, add, remove: removes[at] ?? [] }
  })
  const opened = await openFixture(image({ config }, ...data))
  const withFacts = opened.layers.map(layer => {
    const [binaries, own] = [new Map<number, Binary>(), new Map(layer.index.facts.records)]
    for (let ordinal = 0; ordinal < layer.index.entries.length; ordinal++) {
      const path = layer.index.entries.path(ordinal)
      const one = layers[layer.position]?.[path]
      const record = records[path]
      if (record !== undefined) own.set(ordinal, record)
      if (one !== undefined && isLinking(one)) binaries.set(ordinal, binaryOf(one))
    }
    return { ...layer, index: { ...layer.index, facts: { ...layer.index.facts, binaries, records: own } } }
  })
  return new Linked(await gather({ ...opened, layers: withFacts }))
}

/** The links of an image, by path. */
export class Linked {
  readonly evidence: Evidence
  readonly links: ReturnType<typeof linksOf>

  constructor(evidence: Evidence) {
    this.evidence = evidence
    this.links = linksOf(evidence)
  }

  inode(path: string): EntryId {
    const { filesystem } = this.evidence
    const id = filesystem.at(path)
    if (id === undefined) throw new Error(`no ${path}`)
    return filesystem.inode(id)
  }

  path(inode: EntryId | undefined): string | undefined {
    const { filesystem } = this.evidence
    return inode === undefined ? undefined : filesystem.path(filesystem.nameOf(inode))
  }

  /** `name → path by rule`, and how the loader is reached where that is not by need alone. */
  needs(path: string): string[] {
    return this.links.neededOf(this.inode(path)).map(edge => `${edge.name} → ${this.path(edge.to)} by ${said(edge)}`)
  }

  loaders(path: string): (string | undefined)[] {
    return this.links.loadersOf(this.inode(path)).map(({ from }) => this.path(from))
  }

  get notices(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.links.notices.map(({ code, message }) => [code, message]))
  }
}

function said({ rule, reach }: LinkEdge): string {
  return reach === 'loaded' ? rule : `${rule}, ${reach}`
}

function isLinking(one: Linking | Node | Content): one is Linking {
  return typeof one === 'object' && !Buffer.isBuffer(one) && !('kind' in one) && !('seed' in one)
}

function elfFile(path: string, { mode = 0o755 }: Linking): Node {
  // Different for each path, so that none of them is a copy of another.
  return file(100 + path.length, { mode })
}

function binaryOf({
  needs = [],
  names = [],
  machine = 62,
  buildId,
  program,
  unread,
  mode: _,
  ...dynamic
}: Linking): Binary {
  if (unread !== undefined) return { kind: 'elf', strippable: [], names, unread }
  const elf: Elf = {
    type: 'shared',
    machine,
    osAbi: 0,
    dynamic: { needed: needs, ...dynamic },
    ...(buildId === undefined ? {} : { buildId }),
    ...(program === undefined ? {} : { interpreter: program === true ? glibc : program }),
  }
  return { kind: 'elf', elf, strippable: [], names }
}
