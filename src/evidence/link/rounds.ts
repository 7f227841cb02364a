import type { EntryId } from '../../image/filesystem.ts'
import type { EdgeList } from './edge-list.ts'
import type { Reach } from './links.ts'
import type { MappedFile } from './mapped-file.ts'
import type { Ask, Placed, Slot } from './placed.ts'
import type { Search, Way } from './search.ts'
import { type Steps, stepsOf } from './steps.ts'

/** A file in the memory of one process. */
export interface Loaded {
  readonly placed: Placed
  /** What caused it to be loaded. */
  readonly by: Loaded | undefined
  readonly reach: Reach
}

/**
 * Loads files as a process does, one process a round: breadth first, what is needed in its order; the first file that
 * answers to a name is taken by all that ask for it later (elf/dl-deps.c). What is opened by name comes after all that.
 */
export class Rounds {
  readonly #search: Search
  readonly #steps: Steps
  readonly #edges: EdgeList
  readonly #versionsOf: (name: string, by: MappedFile) => readonly string[]
  #round = 0
  readonly #names = new Map<string, Slot>()
  readonly #files = new Map<EntryId, Slot>()
  readonly #placed = new Map<Way, Map<MappedFile, Placed>>()

  /** `versionsOf`: what a file may make of a name without a version: `libcudnn_ops.so.9` of `libcudnn_ops.so`. */
  constructor(
    search: Search,
    steps: Steps,
    edges: EdgeList,
    versionsOf: (name: string, by: MappedFile) => readonly string[],
  ) {
    this.#search = search
    this.#steps = steps
    this.#edges = edges
    this.#versionsOf = versionsOf
  }

  /** Begins a process that has these files already. */
  begin(loaded: readonly Loaded[]): void {
    this.#round++
    for (const one of loaded) this.#register(one)
  }

  /** Adds a file that nothing has to be searched for: a program, its interpreter, a module. */
  add(file: MappedFile, by: Loaded | undefined, reach: Reach): Loaded {
    const placed = this.#place(file, by)
    if (this.#isSet(placed.own) && placed.own.loaded !== undefined) return placed.own.loaded
    return this.#register({ placed, by, reach })
  }

  /** Looks for a name for the sake of a file, and loads what is found. */
  preload(name: string, by: Loaded): Loaded | undefined {
    const found = this.#search.find(by.placed.way, this.#search.nameOf(by.placed.file, name))
    this.#edges.preload(by, name, found)
    if (found.file === undefined) return undefined
    const loaded = this.add(found.file, by, 'loaded')
    this.#set(this.#slot(name), loaded)
    return loaded
  }

  /** Loads what these need, and what that needs. Answers with all of it, these first. */
  loadNeeds(first: readonly Loaded[]): Loaded[] {
    const queue = [...first]
    for (let at = 0; at < queue.length; at++) {
      const loaded = queue[at]
      if (loaded === undefined) break
      this.#steps.take(1 + loaded.placed.needed.length)
      for (const ask of loaded.placed.needed) {
        const next = this.#need(loaded, ask)
        if (next !== undefined) queue.push(next)
      }
    }
    return queue
  }

  /** Loads what the data of these names, and all that this needs and names. Answers with what came on top. */
  loadNamed(first: readonly Loaded[]): Loaded[] {
    const queue = [...first]
    for (let at = 0; at < queue.length; at++) {
      const loaded = queue[at]
      if (loaded === undefined) break
      this.#steps.take(1 + loaded.placed.named.length)
      for (const ask of loaded.placed.named) {
        if (ask.found.file === undefined || ask.file === undefined) continue
        const answering = this.#isSet(ask.answers) ? ask.answers.loaded : undefined
        this.#edges.opened(loaded, ask, answering)
        if (answering !== undefined || this.#isSet(ask.file)) continue
        const reach = loaded.reach === 'alone' ? 'alone' : 'opened'
        queue.push(...this.loadNeeds([this.#load(ask.found.file, loaded, reach, ask)]))
      }
    }
    return queue.slice(first.length)
  }

  #need(loaded: Loaded, ask: Ask): Loaded | undefined {
    const answering = this.#isSet(ask.answers) ? ask.answers.loaded : undefined
    this.#edges.needed(loaded, ask, answering)
    if (answering !== undefined || ask.found.file === undefined || ask.file === undefined) return undefined
    if (this.#isSet(ask.file)) {
      this.#set(ask.answers, ask.file.loaded)
      return undefined
    }
    return this.#load(ask.found.file, loaded, loaded.reach, ask)
  }

  #load(file: MappedFile, by: Loaded, reach: Reach, { answers }: Ask): Loaded {
    const loaded = { placed: this.#place(file, by), by, reach }
    this.#set(answers, loaded)
    return this.#register(loaded)
  }

  #register(loaded: Loaded): Loaded {
    const { own, answersTo } = loaded.placed
    this.#set(own, loaded)
    // The first that answers to a name keeps it.
    for (const slot of answersTo) if (!this.#isSet(slot)) this.#set(slot, loaded)
    return loaded
  }

  #isSet(slot: Slot): boolean {
    return slot.round === this.#round
  }

  #set(slot: Slot, loaded: Loaded | undefined): void {
    slot.round = this.#round
    slot.loaded = loaded
  }

  #place(file: MappedFile, by: Loaded | undefined): Placed {
    const from = by?.placed.way
    const known = file.placed.get(from)
    if (known !== undefined) return known
    const way = this.#search.wayOf(file, from)
    const ofWay = this.#placed.get(way) ?? new Map<MappedFile, Placed>()
    this.#placed.set(way, ofWay)
    const placed = ofWay.get(file) ?? this.#placedIn(file, way)
    ofWay.set(file, placed)
    file.placed.set(from, placed)
    return placed
  }

  #placedIn(file: MappedFile, way: Way): Placed {
    const ask = (written: string): Ask => {
      this.#steps.take(stepsOf.ask)
      const name = this.#search.nameOf(file, written)
      const found = this.#search.find(way, name)
      const slot = found.file === undefined ? undefined : this.#fileSlot(found.file.inode)
      return { name, found, answers: this.#slot(name), file: slot, edge: undefined }
    }
    const named: Ask[] = []
    for (const name of file.names) {
      named.push(ask(name))
      for (const versioned of this.#versionsOf(name, file)) named.push(ask(versioned))
    }
    // One kind of filter does without what it filters for.
    const filters = file.filters.map(ask).filter(({ found }) => found.file !== undefined)
    return {
      file,
      way,
      needed: [...file.needed.map(ask), ...filters],
      named,
      answersTo: this.#search.answersTo(file).map(name => this.#slot(name)),
      own: this.#fileSlot(file.inode),
      reached: false,
    }
  }

  #slot(name: string): Slot {
    const slot = this.#names.get(name) ?? { round: 0, loaded: undefined }
    this.#names.set(name, slot)
    return slot
  }

  #fileSlot(inode: EntryId): Slot {
    const slot = this.#files.get(inode) ?? { round: 0, loaded: undefined }
    this.#files.set(inode, slot)
    return slot
  }
}
