import fc from 'fast-check'
import { type Content, same } from './fixture.ts'

/** One member of a layer's tar as it is written: markers, look-alikes of markers and odd spellings are names like others. */
export interface Member {
  readonly name: string // decoded, neither cleaned nor unique
  readonly kind: 'file' | 'hardlink' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo'
  readonly content: Content // of files
  readonly target: string // of links
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly device?: readonly [major: number, minor: number]
}

export type WideLayer = readonly Member[]

/** Few, so that layers meet; and some that are no trouble to anyone but programs. */
const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'c') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\udcff', 'é', 'line\nbreak', '-', ' ', '.wh', 'x.wh.y', '😀', '"\'', 'n'.repeat(130)),
  },
)

const deep = fc.constantFrom(...['a', 'b'].map(name => `${name}/`.repeat(12)))

const path: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof({ weight: 30, arbitrary: fc.constant('') }, { weight: 1, arbitrary: deep }),
    fc.array(names, { minLength: 1, maxLength: 3 }),
  )
  .map(([above, parts]) => above + parts.join('/'))

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.constantFrom<Content>(0, 1, 511, 513, 70_000),
  fc.constantFrom(same('x', 900), same('y', 900), same('big', 66_000)),
)

const attributes = fc.record({
  mode: fc.constantFrom(0o644, 0o755, 0o600, 0o4755, 0o2711, 0o1777, 0),
  uid: fc.constantFrom(0, 1000, 65_534),
  gid: fc.constantFrom(0, 5, 2_000_000),
  mtime: fc.constantFrom(1_700_000_000, 0, 1_234_567_890.25, 1_600_000_001.123456),
})

const target = fc.oneof(
  path,
  path.map(to => `/${to}`),
  path.map(to => `../${to}`),
  fc.constantFrom('/', '.', '..', 'a/../b'),
)

const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constant('file' as const) },
  { weight: 6, arbitrary: fc.constant('directory' as const) },
  { weight: 3, arbitrary: fc.constant('symlink' as const) },
  { weight: 2, arbitrary: fc.constant('hardlink' as const) },
  { weight: 1, arbitrary: fc.constantFrom('fifo' as const, 'character' as const, 'block' as const) },
)

const node = fc
  .record({ kind, content, target, attributes })
  .map(({ attributes, ...rest }) => ({ ...rest, ...attributes }))

/** What a member is called, apart from its path: as its path, as a marker there, or as what only looks like one. */
const lookAlikes = [
  '.wh.',
  '.wh..',
  '.wh...',
  '.wh..wh.plnk',
  '.wh..wh.aufs',
  '.wh..wh..opqX',
  'a.wh..wh..opq',
  '.wh..wh.',
]

type Step = (members: Member[]) => void

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(path, node).map(
      ([name, what]): Step =>
        members =>
          members.push({ name, ...what }),
    ),
  },
  // As tars mostly are: folders before what lies in them.
  {
    weight: 6,
    arbitrary: fc.tuple(path, node, attributes).map(
      ([name, what, above]): Step =>
        members => {
          for (let cut = name.indexOf('/'); cut > 0; cut = name.indexOf('/', cut + 1))
            members.push(folder(name.slice(0, cut), above))
          members.push({ name, ...what })
        },
    ),
  },
  {
    weight: 4,
    arbitrary: path.map(
      (name): Step =>
        members =>
          members.push(empty(beside(name, '.wh.'))),
    ),
  },
  {
    weight: 2,
    arbitrary: path.map(
      (name): Step =>
        members =>
          members.push(empty(`${name}/.wh..wh..opq`)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(path, attributes).map(
      ([name, above]): Step =>
        members => {
          members.push(folder(name, above), empty(`${name}/.wh..wh..opq`))
        },
    ),
  },
  // Removed and added again, as something else or the same.
  {
    weight: 2,
    arbitrary: fc.tuple(path, node).map(
      ([name, what]): Step =>
        members => {
          members.push(empty(beside(name, '.wh.')), { name, ...what })
        },
    ),
  },
  // A hard link to what came before, in a chain if that is one.
  {
    weight: 3,
    arbitrary: fc.tuple(path, fc.nat()).map(
      ([name, pick]): Step =>
        members => {
          const files = members.filter(({ kind }) => kind === 'file' || kind === 'hardlink' || kind === 'symlink')
          const to = files[pick % Math.max(1, files.length)]
          if (to !== undefined) members.push({ ...to, name, kind: 'hardlink', target: to.name })
        },
    ),
  },
  // A folder, a link to it, and something below that.
  {
    weight: 2,
    arbitrary: fc.tuple(names, path, names, node, attributes).map(
      ([to, link, name, what, above]): Step =>
        members => {
          members.push(folder(to, above), { ...folder(link, above), kind: 'symlink', target: `/${to}` })
          members.push({ ...what, name: `${link}/${name}` })
        },
    ),
  },
  // Something below a link of this layer.
  {
    weight: 2,
    arbitrary: fc.tuple(names, node, fc.nat(), fc.boolean()).map(
      ([name, what, pick, removes]): Step =>
        members => {
          const links = members.filter(({ kind }) => kind === 'symlink')
          const link = links[pick % Math.max(1, links.length)]
          if (link === undefined) return
          const at = `${link.name}/${name}`
          members.push(removes ? empty(beside(at, '.wh.')) : { ...what, name: at })
        },
    ),
  },
  // Other attributes, the same content.
  {
    weight: 1,
    arbitrary: fc.tuple(path, attributes).map(
      ([name, own]): Step =>
        members => {
          members.push({ name, kind: 'file', content: same('x', 900), target: '', ...own })
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(path, fc.constantFrom(...lookAlikes), node, names).map(
      ([name, alike, what, below]): Step =>
        members => {
          members.push({ name: `${name}/${alike}`, ...what })
          if (what.kind === 'directory') members.push({ name: `${name}/${alike}/${below}`, ...what, kind: 'file' })
        },
    ),
  },
)

/** Half of the names are spelled in another way than most. */
const spelling = fc.constantFrom(...[0, 1, 2, 3, 0, 0, 0, 0])

/** Layers as nobody would write them: anything a tar can say. */
export const wideLayer: fc.Arbitrary<WideLayer> = fc
  .array(fc.tuple(step, spelling), { minLength: 1, maxLength: 16, size: 'max' })
  .map(steps => {
    const members: Member[] = []
    for (const [take, way] of steps) {
      const before = members.length
      take(members)
      for (let at = before; at < members.length; at++) {
        const member = members[at]
        if (member !== undefined) members[at] = { ...member, name: spelled(member.name, way) }
      }
    }
    return members
  })

export const wideStack: fc.Arbitrary<readonly WideLayer[]> = fc.array(wideLayer, {
  minLength: 1,
  maxLength: 5,
  size: 'max',
})

function spelled(name: string, way: number): string {
  return [name, `./${name}`, `/${name}`, name.replace('/', '//')][way] ?? name
}

function beside(name: string, prefix: string): string {
  return name.replace(/[^/]*$/, last => prefix + last)
}

function folder(name: string, attributes: Pick<Member, 'mode' | 'uid' | 'gid' | 'mtime'>): Member {
  return { name, kind: 'directory', content: 0, target: '', ...attributes }
}

function empty(name: string): Member {
  return { name, kind: 'file', content: 0, target: '', mode: 0o600, uid: 0, gid: 0, mtime: 0 }
}
