import type { EntryId } from '../../image/filesystem.ts'
import { parentPath } from '../../image/path.ts'
import type { Evidence } from '../evidence.ts'
import { LoaderCache } from './cache.ts'
import { EdgeList } from './edge-list.ts'
import { hasOrigin, hasPlatform } from './expand.ts'
import { GlibcSearch, type Surroundings } from './glibc.ts'
import { groupedBy } from './grouped-by.ts'
import { unversioned } from './library-name.ts'
import { type Loader, loaderOf, usualLoader } from './loader.ts'
import type { MappedFile } from './mapped-file.ts'
import { type Module, modulesOf } from './module.ts'
import { MuslSearch } from './musl.ts'
import { type Processor, processors } from './processor.ts'
import { isProgram, isSecure, type Linked, linkedFiles } from './program.ts'
import { Root } from './root.ts'
import { type Loaded, Rounds } from './rounds.ts'
import { startOf } from './start.ts'
import { Steps, StepsSpent } from './steps.ts'

/** Everything that was loaded from every root, and what that was read from. */
export interface Graph {
  readonly root: Root
  readonly cache: LoaderCache | undefined
  readonly files: readonly Linked[]
  readonly edges: EdgeList
  readonly programs: ReadonlySet<EntryId>
  readonly modules: ReadonlySet<EntryId>
  /** What the image starts, with what it needs. */
  readonly started: ReadonlySet<EntryId>
  /** The file whose loads were followed when the steps were spent: of it, and of all behind it, not all is known. */
  readonly stoppedAt: EntryId | undefined
}

/** Loads every program and every module of the image, each in a process of its own; then what none of these loads. */
export function graphOf(evidence: Evidence, without: ReadonlySet<EntryId> = new Set()): Graph {
  return new Walk(evidence, without).graph()
}

/** Rounds of processes that find libraries in the same way. */
interface Process {
  readonly search: GlibcSearch | MuslSearch
  readonly rounds: Rounds
  readonly processor: Processor
  readonly secure: boolean
  readonly origin: string | undefined
}

class Walk {
  readonly #evidence: Evidence
  readonly #root: Root
  readonly #cache: LoaderCache | undefined
  readonly #edges: EdgeList
  readonly #files: readonly Linked[]
  readonly #programs = new Map<EntryId, Linked>()
  readonly #processes = new Map<Loader, Process[]>()
  readonly #reached = new Set<EntryId>()
  readonly #started = new Set<EntryId>()
  readonly #loaders = new Map<string, Loader>()
  /** SONAMEs by what stands before their version. */
  readonly #versions: ReadonlyMap<string, readonly string[]>
  readonly #usualLoaders = new Map<number, Loader>()
  readonly #steps: Steps
  #modules: readonly Module[] = []
  /** Whose loads are followed. */
  #current: EntryId | undefined

  constructor(evidence: Evidence, without: ReadonlySet<EntryId>) {
    this.#evidence = evidence
    this.#steps = Steps.of(evidence)
    this.#root = new Root(evidence.filesystem, without)
    this.#cache = LoaderCache.of(this.#root)
    this.#edges = new EdgeList(evidence.filesystem, this.#steps)
    this.#files = linkedFiles(evidence).filter(({ inode }) => !without.has(inode))
    this.#versions = versionsIn(this.#files)
    this.#current = this.#files[0]?.inode
    for (const file of this.#files) if (isProgram(evidence, file)) this.#programs.set(file.inode, file)
  }

  graph(): Graph {
    const stoppedAt = this.#isFollowed() ? undefined : this.#current
    return {
      root: this.#root,
      cache: this.#cache,
      files: this.#files,
      edges: this.#edges,
      programs: new Set(this.#programs.keys()),
      modules: new Set(this.#modules.map(({ file }) => file.inode)),
      started: this.#started,
      stoppedAt,
    }
  }

  /** Whether there were steps enough. */
  #isFollowed(): boolean {
    const machines = new Set(this.#files.map(({ elf }) => elf.machine))
    try {
      this.#modules = modulesOf(this.#evidence, this.#root, this.#files, this.#steps)
      for (const machine of machines) for (const processor of this.#processors(machine)) this.#walk(machine, processor)
      return true
    } catch (error) {
      if (error instanceof StepsSpent) return false
      throw error
    }
  }

  #walk(machine: number, processor: Processor): void {
    const start = startOf(this.#evidence, this.#root, this.#steps)
    for (const program of this.#programs.values()) {
      if (program.elf.machine !== machine) continue
      this.#current = program.inode
      for (const path of program.paths) {
        const { loaded, rounds } = this.#run(program, path, processor)
        this.#reach(loaded, start.has(program.inode) ? this.#started : undefined)
        this.#reach(rounds.loadNamed(loaded))
      }
    }
    const here = this.#modules.filter(({ file }) => file.elf.machine === machine)
    for (const [python, some] of groupedBy(here, ({ python }) => python)) this.#import(machine, processor, python, some)
    const alone = this.#files.filter(({ inode, elf }) => elf.machine === machine && !this.#reached.has(inode))
    for (const file of alone) this.#alone(file, processor)
  }

  /** Starts a program: its interpreter is there first, then what is preloaded. */
  #run({ inode, elf }: Linked, path: string, processor: Processor): { loaded: Loaded[]; rounds: Rounds } {
    const named = this.#loader(elf.interpreter ?? '', elf.machine)
    const loader = named.file === undefined ? this.#usualLoader(elf.machine) : named
    const { search, rounds } = this.#process(loader, processor, isSecure(this.#evidence, inode), path)
    rounds.begin([])
    const file = search instanceof GlibcSearch ? search.program(inode, path) : search.mapped(inode, path)
    const program = rounds.add(file, undefined, 'loaded')
    this.#edges.interpreter(program, named.path, named.file)
    const first = [program]
    if (loader.file !== undefined) first.push(rounds.add(search.mapped(loader.file, loader.path), program, 'loaded'))
    for (const name of this.#preloads(loader, isSecure(this.#evidence, inode))) {
      const preloaded = rounds.preload(name, program)
      if (preloaded !== undefined) first.push(preloaded)
    }
    return { loaded: rounds.loadNeeds(first), rounds }
  }

  /** Imports modules into their Python, each into one that has imported nothing else. */
  #import(machine: number, processor: Processor, python: EntryId | undefined, modules: readonly Module[]): void {
    const program = python === undefined ? undefined : this.#programs.get(python)
    const path = program?.paths[0]
    const running = program === undefined || path === undefined ? undefined : this.#run(program, path, processor)
    const loader =
      program === undefined ? this.#usualLoader(machine) : this.#loader(program.elf.interpreter ?? '', machine)
    const { search, rounds } = this.#process(loader, processor, false, path ?? '/')
    // dlopen searches for the sake of what calls it: libpython where Python is one.
    const caller =
      running?.loaded.find(({ placed }) => /\/libpython[^/]*$/.test(placed.file.path)) ?? running?.loaded[0]
    for (const { file, path } of modules) {
      this.#current = file.inode
      rounds.begin(running?.loaded ?? [])
      const loaded = rounds.loadNeeds([rounds.add(search.mapped(file.inode, path), caller, 'loaded')])
      this.#reach(loaded)
      this.#reach(rounds.loadNamed(loaded))
    }
  }

  #alone(file: Linked, processor: Processor): void {
    this.#current = file.inode
    const { search, rounds } = this.#process(this.#usualLoader(file.elf.machine), processor, false, '/')
    for (const path of file.paths) {
      rounds.begin([])
      const loaded = rounds.loadNeeds([rounds.add(search.mapped(file.inode, path), undefined, 'alone')])
      rounds.loadNamed(loaded)
    }
  }

  #reach(loaded: readonly Loaded[], also?: Set<EntryId>): void {
    for (const { placed } of loaded) {
      also?.add(placed.file.inode)
      if (placed.reached) continue
      placed.reached = true
      this.#reached.add(placed.file.inode)
    }
  }

  /** One for all programs that find libraries in the same way. */
  #process(loader: Loader, processor: Processor, secure: boolean, program: string): Process {
    const { env, workingDir } = this.#evidence.image.config
    const libraryPath = env.get('LD_LIBRARY_PATH') ?? ''
    const origin = hasOrigin(libraryPath) ? parentPath(program) : undefined
    const processes = this.#processes.get(loader) ?? []
    this.#processes.set(loader, processes)
    const known = processes.find(one => one.processor === processor && one.secure === secure && one.origin === origin)
    if (known !== undefined) return known
    const around: Surroundings = { libraryPath, workingDir: workingDir || '/', processor, secure, origin }
    const search =
      loader.kind === 'musl'
        ? new MuslSearch(this.#root, this.#steps, loader, around)
        : new GlibcSearch(this.#root, this.#steps, loader, this.#cache, around)
    const made = {
      search,
      rounds: new Rounds(search, this.#steps, this.#edges, (name, by) => this.#versionsOf(name, by)),
      processor,
      secure,
      origin,
    }
    processes.push(made)
    return made
  }

  /** cuDNN puts a version behind the names that it has; Triton opens `libcublas.so` as it stands. */
  #versionsOf(name: string, { dynamic }: MappedFile): readonly string[] {
    const soname = dynamic?.soname
    return soname === undefined || unversioned(soname) === soname ? [] : (this.#versions.get(name) ?? [])
  }

  #loader(path: string, machine: number): Loader {
    const key = `${machine} ${path}`
    const known = this.#loaders.get(key) ?? loaderOf(this.#root, path, machine)
    this.#loaders.set(key, known)
    return known
  }

  #usualLoader(machine: number): Loader {
    const known = this.#usualLoaders.get(machine) ?? usualLoader(this.#root, machine)
    this.#usualLoaders.set(machine, known)
    return known
  }

  /** A program with the rights of another user gets none from the environment, if not from the loader's own folders. */
  #preloads(loader: Loader, secure: boolean): readonly string[] {
    const asked = secure ? [] : (this.#evidence.image.config.env.get('LD_PRELOAD') ?? '').split(/[: ]+/)
    const file = loader.kind === 'glibc' ? this.#root.file('/etc/ld.so.preload') : undefined
    const record = file === undefined ? undefined : this.#root.filesystem.record(file)
    const always = record?.kind === 'ld-so-preload' ? record.names : []
    return [...asked, ...always].filter(name => name !== '')
  }

  /** One for all where no file tells processors apart. */
  #processors(machine: number): readonly Processor[] {
    const all = processors(machine)
    const differ =
      this.#root.filesystem.tree.foldersNamed('glibc-hwcaps').length > 0 ||
      this.#files.some(({ elf }) =>
        [elf.dynamic?.rpath, elf.dynamic?.runpath, ...(elf.dynamic?.needed ?? [])].some(
          text => text !== undefined && hasPlatform(text),
        ),
      )
    return differ ? all : all.slice(-1)
  }
}

function versionsIn(files: readonly Linked[]): Map<string, string[]> {
  const sonames = new Set(files.flatMap(({ elf }) => elf.dynamic?.soname ?? []))
  return groupedBy(
    [...sonames].filter(soname => unversioned(soname) !== soname),
    unversioned,
  )
}
