import type { Evidence } from '../evidence/evidence.ts'
import { aptCleanup } from './apt-cleanup.ts'
import { contentsOf } from './contents.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import type { Rule } from './rule.ts'

const folder = '/var/cache/apt'

const rule: Rule = {
  id: 'apt-cache',
  title: "apt's downloads and indexes kept in the image",
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: apt keeps the .deb of each package that it installs in /var/cache/apt/archives, and two indexes that it makes of its
lists (pkgcache.bin, srcpkgcache.bin). Debian's and Ubuntu's own images carry /etc/apt/apt.conf.d/docker-clean, which turns
that off; other bases do not, and a cache mount asks for its removal.

Fix: End the same RUN with apt-get clean, or mount the folder, after removing docker-clean so that anything gets into it:
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install -y curl.

Keep: Only when containers of this image install these packages again while they run, and cannot download them.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, caches(evidence))
  },
}

function* caches({ filesystem }: Evidence): Iterable<Leftovers> {
  const indexes = ['pkgcache.bin', 'srcpkgcache.bin'].flatMap(name => contentsOf(filesystem, `${folder}/${name}`))
  const archives = contentsOf(filesystem, `${folder}/archives`).filter(id => filesystem.path(id).endsWith('.deb'))
  for (const [what, entries] of [
    ['packages that apt downloaded', archives],
    ["apt's indexes", indexes],
  ] as const) {
    if (entries.length === 0) continue
    yield {
      what,
      at: [folder],
      entries,
      verdict: 'safe',
      because: ['apt alone reads its cache, and makes or downloads again what is not in it'],
      fix: (written, _, at) => aptCleanup(written, at),
    }
  }
}

export default rule
