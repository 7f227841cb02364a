import type { EntryId, Filesystem } from '../../image/filesystem.ts'
import { isFromDriver } from './driver.ts'
import type { LinkEdge, LinkRule, Reach } from './links.ts'
import type { MappedFile } from './mapped-file.ts'
import type { Ask } from './placed.ts'
import type { Loaded } from './rounds.ts'
import type { Found, SearchList } from './search.ts'
import { type Steps, stepsOf } from './steps.ts'

const strength: Readonly<Record<Reach, number>> = { loaded: 2, opened: 1, alone: 0 }

/** An edge whose words are made when somebody reads them: an image has 100,000 of them, and few are shown. */
class Edge implements LinkEdge {
  readonly from: EntryId
  readonly name: string
  readonly to: EntryId | undefined
  readonly rule: LinkRule
  reach: Reach
  instead?: EntryId
  readonly expected?: true
  readonly #words: () => string

  constructor(from: EntryId, name: string, to: EntryId | undefined, rule: LinkRule, reach: Reach, words: () => string) {
    this.from = from
    this.name = name
    this.to = to
    this.rule = rule
    this.reach = reach
    this.#words = words
    if (to === undefined && isFromDriver(name)) this.expected = true
  }

  get because(): string {
    return this.#words()
  }
}

/** What was found in all rounds, each outcome once. */
export class EdgeList {
  readonly needs: LinkEdge[] = []
  readonly opens: LinkEdge[] = []
  readonly #filesystem: Filesystem
  readonly #steps: Steps
  /** By the file that asks. */
  readonly #needsOf = new Map<EntryId, Edge[]>()
  readonly #opensOf = new Map<EntryId, Edge[]>()
  /** Of files that ask for more than a few names: hostile ones ask for thousands. */
  readonly #laterOnes = new Map<string, Edge>()

  constructor(filesystem: Filesystem, steps: Steps) {
    this.#filesystem = filesystem
    this.#steps = steps
  }

  needsOf(inode: EntryId): readonly LinkEdge[] {
    return this.#needsOf.get(inode) ?? []
  }

  opensOf(inode: EntryId): readonly LinkEdge[] {
    return this.#opensOf.get(inode) ?? []
  }

  /** `answering`: what had the name before a search was needed. */
  needed(loaded: Loaded, ask: Ask, answering: Loaded | undefined): void {
    const { name, found, edge } = ask
    const { inode } = loaded.placed.file
    if (answering !== undefined && answering.placed.file.inode !== found.file?.inode) {
      const other = answering.placed.file.inode
      const words = () => `${this.#shown(other)} is loaded before, and answers to ${name}`
      this.#keep(this.needs, this.#needsOf, new Edge(inode, name, other, 'already-loaded', loaded.reach, words))
      return
    }
    if (edge instanceof Edge) {
      strengthen(edge, loaded.reach)
      return
    }
    const words = () => this.#words(loaded, found)
    const made = new Edge(inode, name, found.file?.inode, found.rule, loaded.reach, words)
    if (found.instead !== undefined) made.instead = found.instead.inode
    ask.edge = this.#keep(this.needs, this.#needsOf, made)
  }

  preload(by: Loaded, name: string, found: Found): void {
    const to = found.file?.inode
    const rule = to === undefined ? found.rule : 'preload'
    const edge = new Edge(by.placed.file.inode, name, to, rule, by.reach, () => `LD_PRELOAD has ${name}`)
    this.#keep(this.needs, this.#needsOf, edge)
  }

  interpreter(by: Loaded, name: string, to: EntryId | undefined): void {
    const rule = to === undefined ? 'not-found' : 'path'
    const words = () => (to === undefined ? 'the image does not have its interpreter' : 'it is its interpreter')
    this.#keep(this.needs, this.#needsOf, new Edge(by.placed.file.inode, name, to, rule, by.reach, words))
  }

  opened(by: Loaded, { name, found }: Ask, answering: Loaded | undefined): void {
    const to = answering?.placed.file.inode ?? found.file?.inode
    const rule = to === found.file?.inode ? found.rule : 'already-loaded'
    const edge = new Edge(by.placed.file.inode, name, to, rule, by.reach, () => `its data names ${name}`)
    this.#keep(this.opens, this.#opensOf, edge)
  }

  #keep(list: LinkEdge[], byFile: Map<EntryId, Edge[]>, edge: Edge): Edge {
    const edges = byFile.get(edge.from)
    if (edges === undefined) byFile.set(edge.from, [edge])
    else {
      const known = edges.length < few ? edges.find(other => isSame(other, edge)) : this.#later(list, edges, edge)
      if (known !== undefined) {
        strengthen(known, edge.reach)
        return known
      }
      edges.push(edge)
    }
    this.#steps.take(stepsOf.edge)
    list.push(edge)
    return edge
  }

  #later(list: LinkEdge[], edges: readonly Edge[], edge: Edge): Edge | undefined {
    const known = edges.slice(0, few).find(other => isSame(other, edge))
    if (known !== undefined) return known
    const { from, to, rule, name } = edge
    const key = `${list === this.needs ? 'needs' : 'opens'} ${from} ${to} ${rule} ${name}`
    const later = this.#laterOnes.get(key)
    if (later === undefined) this.#laterOnes.set(key, edge)
    return later
  }

  #words(loaded: Loaded, { rule, list, written }: Found): string {
    if (list === undefined || rule === 'not-found') {
      if (rule === 'cache') return `/etc/ld.so.cache has ${written}`
      return rule === 'path' ? `it is named by its path ${written}` : written
    }
    if (rule === 'LD_LIBRARY_PATH') return `LD_LIBRARY_PATH has ${written === '' ? 'an empty folder' : written}`
    if (rule === 'default') return `the loader looks into ${written} by itself`
    let owner: Loaded | undefined = loaded
    while (owner !== undefined && !has(owner.placed.file, list)) owner = owner.by
    const path = this.#shown((owner ?? loaded).placed.file.inode)
    return `${rule === 'rpath' ? 'RPATH' : 'RUNPATH'} ${written === '' ? '(empty)' : written} of ${path}`
  }
  #shown(inode: EntryId): string {
    return this.#filesystem.path(this.#filesystem.nameOf(inode))
  }
}

/** Names that a file usually asks for, at most: to look through them is faster than to make keys of them. */
const few = 64

function isSame(a: Edge, b: Edge): boolean {
  return a.to === b.to && a.name === b.name && a.rule === b.rule
}

function strengthen(edge: Edge, reach: Reach): void {
  if (strength[reach] > strength[edge.reach]) edge.reach = reach
}

function has({ rpath, runpath }: MappedFile, list: SearchList): boolean {
  return rpath === list || runpath === list
}
