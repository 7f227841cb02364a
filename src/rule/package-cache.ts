import type { Evidence } from '../evidence/evidence.ts'
import { linkPath } from '../image/path.ts'
import { leaveOut } from './amend.ts'
import { type CachePlaces, cachePlaces } from './cache-place.ts'
import { contentsOf } from './contents.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import { afterOf, type PackageManager, packageManagers } from './package-manager.ts'
import type { Rule } from './rule.ts'
import { startWords } from './start.ts'

const rule: Rule = {
  id: 'package-cache',
  title: 'Caches of package managers and build tools kept in the image',
  guide: { section: 2, title: 'BuildKit Cache Mount Strategy' },
  help: `
Why: uv, conda, poetry, npm, yarn, cargo, go, ccache, dnf, apk and others keep what they download or compile, so that the
next build on the same machine is faster. In an image it is a second copy of what is installed. Where the cache and the
installed files are hard links of each other in one layer (uv, conda, pnpm), deleting the cache frees nothing, and
nothing is counted.

Fix: Mount the cache for the RUN that fills it, so that it outlives the build and is in no layer:
RUN --mount=type=cache,target=/root/.cache/uv UV_LINK_MODE=copy uv sync. Or clean up in the same RUN: conda clean -afy,
dnf clean all, apk add --no-cache.

Keep: When the image starts by a command that works out of the cache (uvx, go run), or links into it: such a finding says
so. poetry's virtualenvs and pipenv's are the environment, not a cache, and are never named here.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, caches(evidence))
  },
}

function* caches(evidence: Evidence): Iterable<Leftovers> {
  const places = cachePlaces(evidence)
  const found: { manager: PackageManager; folder: string; parts: string[] }[] = []
  for (const manager of packageManagers) {
    for (const folder of manager.folders(places)) {
      const parts = ownParts(places, manager, folder)
      if (parts.length > 0) found.push({ manager, folder, parts })
    }
  }
  if (found.length === 0) return
  const used = linkedInto(
    evidence,
    found.map(({ folder }) => folder),
  )
  for (const { manager, folder, parts } of found) {
    const entries = parts.flatMap(part => contentsOf(evidence.filesystem, part))
    if (entries.length === 0) continue
    yield {
      what: `${manager.name}'s cache`,
      // Poetry's folder holds its virtualenvs too: only what is all cache is named whole.
      at: parts.length === places.names(folder).length ? [folder] : parts,
      entries,
      ...judged(evidence, manager, used.get(folder)),
      fix: (written, _, at) =>
        leaveOut(written, at) ?? { id: `${manager.name}-cache`, after: afterOf(manager, written, folder) },
    }
  }
}

function ownParts(places: CachePlaces, { parts, proof = parts }: PackageManager, folder: string): string[] {
  const names = places.names(folder)
  if (!names.some(name => proof.test(name))) return []
  return names.filter(name => parts.test(name)).map(name => `${folder}/${name}`)
}

function judged(
  { image }: Evidence,
  { name, runs }: PackageManager,
  link: string | undefined,
): Pick<Leftovers, 'verdict' | 'because'> {
  if (link !== undefined) return { verdict: 'keep', because: [`${link} is a link into it`] }
  const words = startWords(image.config)
  const command = words.map((word, at) => [word, `${word} ${words[at + 1] ?? ''}`, words.slice(at, at + 3).join(' ')])
  const runner = runs && command.flat().find(text => runs.test(text))
  if (runner !== undefined) {
    return { verdict: 'check', because: [`the image starts by ${runner}, which works out of ${name}'s cache`] }
  }
  return { verdict: 'safe', because: [`${name} alone reads its cache, and fetches or makes again what is not in it`] }
}

/**
 * By folder: a symlink that the image shows outside of it and that leads into it. uv and pnpm can install by symlink, and
 * bazel-bin is one: what is installed so lives in the cache.
 */
function linkedInto({ filesystem }: Evidence, folders: readonly string[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>()
  const inside = (path: string, folder: string) => path.startsWith(`${folder}/`)
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.kind(id) !== 'symlink' || !filesystem.visible(id)) continue
    const path = filesystem.path(id)
    const target = linkPath(path, filesystem.target(id) ?? '')
    for (const folder of folders) {
      if (inside(target, folder) && !inside(path, folder) && !links.has(folder)) links.set(folder, path)
    }
  }
  return links
}

export default rule
