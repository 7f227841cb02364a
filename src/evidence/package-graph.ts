import { parentPath } from '../image/path.ts'
import type { PackageRecord } from '../probe/package-record.ts'
import type { Evidence } from './evidence.ts'

interface Node {
  readonly depends: readonly string[]
  /** What apt installs with it unless told otherwise. */
  readonly recommends: readonly string[]
  /** Nobody takes it out. */
  readonly essential: boolean
  /** The layer that brought it. */
  readonly layer: number
}

/**
 * What the packages of one system or conda prefix say of each other. Names are those of packages; one that none has is
 * a virtual one, which stands for all that provide it.
 */
export class PackageGraph {
  readonly #nodes: ReadonlyMap<string, Node>
  readonly #providers: ReadonlyMap<string, readonly string[]>
  /** What nobody asked for; undefined where the image does not tell. */
  readonly #automatic: ReadonlySet<string> | undefined
  readonly #first: number

  constructor(
    nodes: ReadonlyMap<string, Node>,
    providers: ReadonlyMap<string, readonly string[]>,
    automatic: ReadonlySet<string> | undefined,
  ) {
    this.#nodes = nodes
    this.#providers = providers
    this.#automatic = automatic
    this.#first = Math.min(...[...nodes.values()].map(({ layer }) => layer))
  }

  /** The packages that say that they depend on this one. */
  dependents(name: string): string[] {
    return [...this.#nodes]
      .filter(([, { depends }]) => depends.some(needed => this.#named(needed).includes(name)))
      .map(([by]) => by)
  }

  /** Of packages that would go those that cannot, each with what stays and depends on it. */
  required(going: ReadonlySet<string>): ReadonlyMap<string, string> {
    const required = new Map<string, string>()
    const pending = this.#staying(going)
    const seen = new Set(pending)
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const needed of this.#needs(name, false)) {
        if (seen.has(needed)) continue
        seen.add(needed)
        pending.push(needed)
        if (going.has(needed)) required.set(needed, name)
      }
    }
    return required
  }

  /** What came for the sake of packages that go, and what nothing that stays depends on or recommends: apt's autoremove. */
  exclusive(going: ReadonlySet<string>): ReadonlySet<string> {
    const reached = new Set(this.#staying(going))
    const pending = [...reached]
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const needed of this.#needs(name, true)) {
        if (reached.has(needed) || going.has(needed)) continue
        reached.add(needed)
        pending.push(needed)
      }
    }
    return new Set([...this.#brought(going)].filter(name => !reached.has(name)))
  }

  #staying(going: ReadonlySet<string>): string[] {
    const brought = this.#brought(going)
    return [...this.#nodes.keys()].filter(name => !going.has(name) && !brought.has(name))
  }

  /** What nobody asked for, and something that goes asks for, directly or through others. */
  #brought(going: ReadonlySet<string>): ReadonlySet<string> {
    const brought = new Set<string>()
    const pending = [...going]
    const layers = new Set([...going].map(name => this.#nodes.get(name)?.layer))
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const needed of this.#needs(name, true)) {
        if (going.has(needed) || brought.has(needed) || !this.#mayGo(needed, layers)) continue
        brought.add(needed)
        pending.push(needed)
      }
    }
    return brought
  }

  #mayGo(name: string, layers: ReadonlySet<number | undefined>): boolean {
    const node = this.#nodes.get(name)
    if (node === undefined || node.essential) return false
    if (this.#automatic !== undefined) return this.#automatic.has(name)
    // The root file system's own packages are nobody's dependencies.
    return node.layer > this.#first && layers.has(node.layer)
  }

  #needs(name: string, recommended: boolean): string[] {
    const node = this.#nodes.get(name)
    if (node === undefined) return []
    const names = recommended ? [...node.depends, ...node.recommends] : node.depends
    return names.flatMap(needed => this.#named(needed))
  }

  #named(name: string): readonly string[] {
    return this.#nodes.has(name) ? [name] : (this.#providers.get(name) ?? [])
  }
}

/** The graphs of an image: `dpkg /`, `rpm /`, and `conda <prefix>` for each prefix. */
export function packageGraphs(evidence: Evidence): ReadonlyMap<string, PackageGraph> {
  const found = known.get(evidence) ?? build(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, ReadonlyMap<string, PackageGraph>>()

interface Parts {
  readonly nodes: Map<string, Node>
  readonly providers: Map<string, string[]>
}

function build(evidence: Evidence): Map<string, PackageGraph> {
  const layers = new Map(
    evidence.owners.packages().map(({ manager, root, name, layer }) => [`${manager} ${root} ${name}`, layer]),
  )
  const graphs = new Map<string, Parts>()
  let automatic: ReadonlySet<string> | undefined
  const add = (key: string, name: string, node: Omit<Node, 'layer'>, provides: readonly string[]) => {
    const graph = graphs.get(key) ?? { nodes: new Map(), providers: new Map() }
    graphs.set(key, graph)
    graph.nodes.set(name, { ...node, layer: layers.get(`${key} ${name}`) ?? 0 })
    for (const other of provides) graph.providers.set(other, [...(graph.providers.get(other) ?? []), name])
  }
  for (const [path, record] of visibleRecords(evidence)) {
    if (record.kind === 'apt-extended-states') automatic = new Set(record.automatic)
    else if (record.kind === 'dpkg-status') {
      for (const { name, depends, recommends = [], provides = [], essential = false } of record.packages) {
        add('dpkg /', name, { depends, recommends, essential }, provides)
      }
    } else if (record.kind === 'rpm-database') {
      for (const { name, depends, recommends = [], provides = [] } of record.packages) {
        add('rpm /', name, { depends, recommends, essential: false }, provides)
      }
    } else if (record.kind === 'conda-package') {
      const { name, depends = [] } = record
      add(`conda ${parentPath(parentPath(path))}`, name, { depends, recommends: [], essential: false }, [])
    }
  }
  return new Map(
    [...graphs].map(([key, { nodes, providers }]) => [
      key,
      // conda's records and rpm's do not say what was asked for: nothing of it may go.
      new PackageGraph(nodes, providers, key === 'dpkg /' ? automatic : new Set()),
    ]),
  )
}

function* visibleRecords({ filesystem }: Evidence): Iterable<[path: string, record: PackageRecord]> {
  for (const layer of filesystem.layers) {
    const { from } = filesystem.range(layer.position)
    for (const [ordinal, record] of layer.index.facts.records) {
      const id = from + ordinal
      if (filesystem.visible(id)) yield [filesystem.path(id), record]
    }
  }
}
