import type { Evidence } from '../evidence/evidence.ts'
import type { Installation } from '../evidence/owners.ts'
import type { EntryId } from '../image/filesystem.ts'
import { instruction, judge, originLayer } from './claims.ts'
import { environmentOrder } from './environment.ts'
import { grouped } from './grouped.ts'
import { fateOf } from './hidden.ts'
import type { Claim, Finding, Rule } from './rule.ts'

const rule: Rule = {
  id: 'installed-twice',
  title: 'The same package installed twice',
  help: `
Why: An install that replaces a package of a layer below (another version, or the same from another index) leaves the
first one in that layer, whole. Two environments that both have a package (the system's Python and a venv) store it
twice.

Fix: Ask for the version that you want where the package is installed first: pin it, or install everything that
depends on it in one RUN with one resolver. Of two environments keep the one that runs; a venv made by python -m venv
--system-site-packages sees the other one's packages.

Keep: Nothing can import an installation that a later layer has replaced. Two environments may both be needed: two
services with versions of their own, or two versions of Python.`,

  *check(evidence) {
    const packages = grouped(evidence.owners.installations(), ({ key, root }) => `${key} ${root}`)
    yield* overLayers(evidence, packages)
    yield* inEnvironments(evidence, packages)
  },
}

/** An installation and the one that came after it, or that the image has beside it. */
interface Pair {
  readonly goes: Installation
  readonly stays: Installation
}

function* overLayers(evidence: Evidence, packages: ReadonlyMap<string, Installation[]>): Iterable<Finding> {
  const byLayer = new Map<number, { pairs: Set<Pair>; entries: Set<EntryId> }>()
  for (const installations of packages.values()) {
    for (const goes of installations) {
      if (goes.upToLayer === undefined) continue
      const stays = installations.findLast(later => later.layer > goes.layer && !sameInstall(evidence, goes, later))
      if (stays === undefined) continue
      const pair = { goes, stays }
      for (const entry of hiddenFiles(evidence, goes)) {
        const layer = originLayer(evidence, entry)
        const group = byLayer.get(layer) ?? { pairs: new Set(), entries: new Set() }
        byLayer.set(layer, group)
        group.pairs.add(pair)
        for (const name of evidence.filesystem.names(entry)) group.entries.add(name)
      }
    }
  }
  for (const [layer, { pairs, entries }] of [...byLayer].sort(([a], [b]) => a - b)) {
    const listed = [...pairs].map(({ goes, stays }) => `${label(goes)} (${stays.version} by layer ${stays.layer})`)
    yield {
      ...judge(evidence, layer, {
        verdict: 'safe',
        because: ['a later layer installs the package again over the same place, so nothing can load the first one'],
        fix: { id: 'install-once', after: asWanted(evidence, layer, [...pairs]) },
      }),
      message: `layer ${layer} installs what a later layer installs again: ${some(listed)}`,
      claims: [...entries].map(entry => ({ entry })),
    }
  }
}

/** A record that was only stored again (chown) is no second install; dpkg can bring another version with an equal list. */
function sameInstall({ identity }: Evidence, a: Installation, b: Installation): boolean {
  return a.version === b.version && identity.origin(a.recordId) === identity.origin(b.recordId)
}

/** What an installation stored and the image no longer shows, with the copies that a chown made of it. */
function* hiddenFiles(evidence: Evidence, installation: Installation): Iterable<EntryId> {
  const { filesystem, identity } = evidence
  for (const entry of installation.paths()) {
    const inode = filesystem.inode(entry)
    if (filesystem.content(inode) === 0 || filesystem.live(inode) || fateOf(evidence, inode) === undefined) continue
    for (let copy: EntryId | undefined = identity.newest(entry); copy !== undefined; copy = identity.rewrites(copy)) {
      yield copy
    }
  }
}

/** What every environment of Python brings itself. */
const bootstrap: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel', 'python', 'conda'])

function* inEnvironments(evidence: Evidence, packages: ReadonlyMap<string, Installation[]>): Iterable<Finding> {
  const order = environmentOrder(evidence.image.config.env)
  const visible = [...packages.values()].flatMap(installations =>
    installations.filter(shown => shown.upToLayer === undefined),
  )
  const shared = visible.filter(
    ({ manager, name }) => (manager === 'pip' || manager === 'conda') && !bootstrap.has(name),
  )
  const byLayer = new Map<number, { pairs: Set<Pair>; claims: Claim[] }>()
  for (const installations of grouped(shared, ({ key }) => key).values()) {
    const [stays, ...others] = installations.sort((a, b) => order(a.root) - order(b.root) || a.layer - b.layer)
    for (const goes of others) {
      if (stays === undefined || stays.root === goes.root) continue
      const pair = { goes, stays }
      for (const entry of goes.paths()) {
        const inode = evidence.filesystem.inode(entry)
        if (evidence.filesystem.content(inode) === 0 || !evidence.filesystem.visible(entry)) continue
        const layer = originLayer(evidence, entry)
        const group = byLayer.get(layer) ?? { pairs: new Set(), claims: [] }
        byLayer.set(layer, group)
        group.pairs.add(pair)
        for (let copy: EntryId | undefined = entry; copy !== undefined; copy = evidence.identity.rewrites(copy)) {
          group.claims.push({ entry: copy, restsOn: stays.recordId })
        }
      }
    }
  }
  for (const [layer, { pairs, claims }] of [...byLayer].sort(([a], [b]) => a - b)) {
    const listed = [...pairs].map(({ goes, stays }) => `${label(goes)} (${label(stays)} in ${stays.root})`)
    const roots = [...new Set([...pairs].map(({ goes }) => goes.root))]
    yield {
      ...judge(evidence, layer, {
        verdict: 'check',
        because: ['both environments are visible: which one runs is for you to say'],
        fix: {
          id: 'one-environment',
          after: 'install into one environment; python -m venv --system-site-packages shares it',
        },
      }),
      message: `${roots.join(', ')} has packages that another environment has too: ${some(listed)}`,
      claims,
    }
  }
}

function label({ name, version }: Installation): string {
  return version === '' ? name : `${name} ${version}`
}

const signs: Readonly<Record<string, string>> = { pip: '==', conda: '=', dpkg: '=', apk: '=', rpm: '-' }

/** The instruction with the versions that a later one wants; where it names none, what to ask for. */
function asWanted(evidence: Evidence, layer: number, pairs: readonly Pair[]): string {
  const before = instruction(evidence, layer)
  let after = before ?? ''
  for (const { goes, stays } of pairs) after = after.replace(pinned(goes), pinned(stays))
  if (after !== '' && after !== before) return after
  return `install in this instruction, and in no later one: ${some([...new Set(pairs.map(({ stays }) => pinned(stays)))])}`
}

/** `torch==2.4.0`, as the package manager wants it written. */
function pinned({ name, version, manager }: Installation): string {
  return `${name}${signs[manager]}${version}`
}

function some(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).join(', ')
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown
}

export default rule
