import { cudaLibraries } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { duplicateSize } from '../evidence/identity.ts'
import type { EntryId } from '../image/filesystem.ts'
import { judge, originLayer } from './claims.ts'
import { type Copy, claimsOf, copiesAmong, linkInstead } from './copies.ts'
import { grouped } from './grouped.ts'
import { files } from './place.ts'
import type { Finding, Rule } from './rule.ts'

const rule: Rule = {
  id: 'duplicate-files',
  title: 'The same content at several paths',
  help: `
Why: Each file of 64 KiB or more here has exactly the bytes of another file of the image, and is stored beside it: the
same library under two names, a data set copied into the application and into its tests, a model in two folders.

Fix: Keep one and make the other a symbolic link to it, in the instruction that writes it: ln -sf /opt/a/lib.so
/opt/b/. A hard link helps within one layer only: one that points into a lower layer makes the engine store the file
again.

Keep: Copies that one package brings are that package's business, and are only counted. Keep a copy too when something
opens the path without following links, or when the two are meant to change apart from each other.`,

  *check(evidence) {
    const copies = copiesAmong(evidence, largeContents(evidence))
    const findings = grouped(copies, copy => `${originLayer(evidence, copy.entry)} ${onePackage(evidence, copy)}`)
    for (const group of findings.values()) yield* findingOf(evidence, group)
  },
}

function* findingOf(evidence: Evidence, copies: readonly Copy[]): Iterable<Finding> {
  const { filesystem } = evidence
  const [largest] = copies.toSorted((a, b) => filesystem.content(b.entry) - filesystem.content(a.entry))
  if (largest === undefined) return
  const path = filesystem.path(largest.entry)
  const stays = filesystem.path(largest.stays)
  const keep = onePackage(evidence, largest)
  const layer = originLayer(evidence, largest.entry)
  yield {
    ...judge(evidence, layer, {
      verdict: keep ? 'keep' : 'check',
      because: [
        keep
          ? 'one package brings both copies'
          : 'the bytes are equal (SHA-256); whether a link will do is for you to say',
      ],
      fix: { id: 'symlink-copies', after: linkInstead(evidence, largest, layer) },
    }),
    message: `${files(copies.length)} of layer ${layer} that the image has elsewhere too: ${path} is ${stays}`,
    claims: copies.flatMap(copy => claimsOf(evidence, copy.entry, copy.stays)),
  }
}

function* largeContents(evidence: Evidence): Iterable<EntryId> {
  const { filesystem } = evidence
  // Which copy of the toolkit's libraries goes is cuda-duplicate's to say: a link to one of them would hold it.
  const libraries = new Set(
    cudaLibraries(evidence)
      .copies.filter(({ provider }) => provider.kind === 'toolkit' || provider.kind === 'system')
      .map(({ entry }) => filesystem.inode(entry)),
  )
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.content(id) < duplicateSize || filesystem.kind(id) !== 'file' || !filesystem.live(id)) continue
    if (!libraries.has(id)) yield id
  }
}

/** Whether one package owns both the copy and the one that stays. */
function onePackage({ owners }: Evidence, { entry, stays }: Copy): boolean {
  const a = owners.owner(entry)
  const b = owners.owner(stays)
  return a !== undefined && b !== undefined && a.manager === b.manager && a.name === b.name && a.root === b.root
}

export default rule
