import type { Evidence } from '../evidence/evidence.ts'
import { baseName } from '../image/path.ts'
import { aptCleanup } from './apt-cleanup.ts'
import { contentsOf } from './contents.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import type { Rule } from './rule.ts'

const folder = '/var/lib/apt/lists'
/** What apt itself keeps there and expects to find: its lock, and folders for downloads under way. */
const apts: ReadonlySet<string> = new Set(['lock', 'partial', 'auxfiles'])

const rule: Rule = {
  id: 'apt-lists',
  title: "apt's package lists kept in the image",
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: apt-get update writes an index of every package of the distribution below /var/lib/apt/lists, tens of megabytes.
Only apt reads it, and only to install. A RUN of its own that deletes it frees nothing.

Fix: Update, install and clean up in one RUN:
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*.

Keep: Only when containers of this image install packages while they run, and cannot run apt-get update first.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, lists(evidence))
  },
}

function* lists({ filesystem }: Evidence): Iterable<Leftovers> {
  const entries = [...filesystem.tree.children(folder)]
    .filter(path => !apts.has(baseName(path)))
    .flatMap(path => contentsOf(filesystem, path))
  if (entries.length === 0) return
  yield {
    what: "apt's package lists",
    at: [folder],
    entries,
    verdict: 'safe',
    because: ['apt alone reads its lists, and apt-get update writes them again'],
    fix: (written, _, at) => aptCleanup(written, at),
  }
}

export default rule
