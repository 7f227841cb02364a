import fc from 'fast-check'
import { type Content, file, folder, hardlink, type LayerData, type Node, same, symlink } from './fixture.ts'

const names = ['a', 'b', 'c', 'd']

const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map(parts => `/${parts.join('/')}`)

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.constantFrom(0, 1, 700, 70_000),
  fc.constantFrom(same('x', 900), same('y', 900), same('big', 66_000)),
)

const node: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(content, fc.constantFrom(0o644, 0o600)).map(([bytes, mode]) => file(bytes, { mode })),
  },
  { weight: 2, arbitrary: fc.constant(folder()) },
  { weight: 1, arbitrary: path.map(target => symlink(target)) },
)

/** One layer as an engine could have written it: folders before what lies in them, no path twice, nothing below a file. */
const layer: fc.Arbitrary<LayerData> = fc
  .record({
    entries: fc.array(fc.tuple(path, node), { maxLength: 8 }),
    remove: fc.array(path, { maxLength: 2 }),
    opaque: fc.array(path, { maxLength: 1 }),
    links: fc.array(fc.tuple(path, fc.nat()), { maxLength: 2 }),
  })
  .map(({ entries, remove, opaque, links }) => {
    const add = new Map<string, Content | Node>()
    for (const [at, what] of entries) place(add, at, what)
    for (const at of opaque) place(add, at, folder())
    const files = [...add].filter(([, what]) => typeof what === 'object' && 'kind' in what && what.kind === 'file')
    for (const [at, pick] of links) {
      const target = files[pick % Math.max(1, files.length)]
      if (target !== undefined && !add.has(at)) place(add, at, hardlink(target[0]))
    }
    const kept = [...add].sort(([a, x], [b, y]) => Number(isLink(x)) - Number(isLink(y)) || depth(a) - depth(b))
    return {
      add: kept,
      remove: [...new Set(remove)].filter(at => !add.has(at) && !blocked(add, at)),
      opaque: [...new Set(opaque)].filter(at => isFolder(add.get(at))),
    }
  })

/** Stacks of one to four layers of a few paths, so that they hide each other often. */
export const stack: fc.Arbitrary<LayerData[]> = fc.array(layer, { minLength: 1, maxLength: 4 })

function place(add: Map<string, Content | Node>, at: string, what: Content | Node): void {
  if (add.has(at) || blocked(add, at)) return
  if (!isFolder(what) && [...add.keys()].some(known => known.startsWith(`${at}/`))) return
  for (const above of folders(at)) if (!add.has(above)) add.set(above, folder())
  add.set(at, what)
}

function blocked(add: ReadonlyMap<string, Content | Node>, at: string): boolean {
  return folders(at).some(above => add.has(above) && !isFolder(add.get(above)))
}

function folders(at: string): string[] {
  const parts = at.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

function depth(at: string): number {
  return at.split('/').length
}

function isFolder(what: Content | Node | undefined): boolean {
  return typeof what === 'object' && 'kind' in what && what.kind === 'directory'
}

function isLink(what: Content | Node | undefined): boolean {
  return typeof what === 'object' && 'kind' in what && what.kind === 'hardlink'
}
