import type { Evidence } from '../evidence/evidence.ts'
import type { Owner } from '../evidence/owners.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName, parentPath } from '../image/path.ts'
import { withOlderCopies } from './claims.ts'
import { dependentsOf, packageKey } from './dependents.ts'
import { isDevPackage, isNotebook } from './dev-package.ts'
import { onlyFor } from './exclusive.ts'
import { takeApart } from './install-command.ts'
import { leftoverFindings } from './leftovers.ts'
import { type PackageFiles, packageFiles } from './package-files.ts'
import type { Rule } from './rule.ts'
import { startWords } from './start.ts'

const rule: Rule = {
  id: 'dev-extras',
  title: 'Debuggers, editors, test frameworks and notebooks in the image',
  guide: { section: 4, title: 'Optional Dev Layer Mounting' },
  help: `
Why: gdb, vim, pytest, IPython or Jupyter are for people at work. In production they are bytes to pull and more to patch.
What came for their sake and nothing else needs is counted with them, as apt-get autoremove would take it.

Fix: Give them a stage of their own behind the one that is shipped, and build it by --target dev:
FROM base AS prod, then FROM prod AS dev with RUN pip install pytest ipython. Split requirements.txt the same way.

Keep: When this image is the one for development, when people debug in running containers, and when something else needs
the package: one that an installed package requires, or that the image starts, is counted and kept.`,

  *check(evidence) {
    const files = packageFiles(evidence, ({ manager, name }) => isDevPackage(manager, name))
    const needed = neededBy(evidence, files)
    const going = new Set([...files].filter(([key]) => !needed.has(key)).map(([, { owner }]) => owner.name))
    const found = [...files].map(([key, { owner, entries }]) => {
      const reason = needed.get(key)
      return {
        what: owner.name,
        at: [],
        entries: entries.flatMap(entry => withOlderCopies(evidence, entry)),
        verdict: reason === undefined ? ('check' as const) : ('keep' as const),
        because: [
          reason === undefined
            ? 'no other package is recorded to require it, and the image does not start by it'
            : `${reason} needs ${owner.name}`,
        ],
        fix: (written: string | undefined) => ({ id: 'dev-stage', after: apart(written, going) }),
      }
    })
    const dependencies = onlyFor(
      evidence,
      [...files].flatMap(([key, { owner }]) => (needed.has(key) ? [] : [owner])),
    )
    const brought = dependencies.map(({ owner, entries, because }) => ({
      what: owner.name,
      at: [],
      entries: entries.flatMap(entry => withOlderCopies(evidence, entry)),
      verdict: 'check' as const,
      because: [because],
      fix: (written: string | undefined) => ({ id: 'dev-stage', after: apart(written, going) }),
    }))
    yield* leftoverFindings(evidence, [...found, ...brought])
  },
}

/** By package for development: what needs it, an installed package or the image's own start. */
function neededBy(evidence: Evidence, files: ReadonlyMap<string, PackageFiles>): ReadonlyMap<string, string> {
  const dependents = dependentsOf(evidence)
  const needed = new Map<string, string>()
  const started = startedPrograms(evidence)
  for (const [key, { owner, entries }] of files) {
    const program = startedBy(evidence, owner, entries, started)
    if (program !== undefined) needed.set(key, `the image starts ${program}, which`)
  }
  // What a needed one requires is needed too: ipykernel, then ipython.
  for (let size = -1; size !== needed.size; ) {
    size = needed.size
    for (const [key, { owner }] of files) {
      if (needed.has(key)) continue
      const by = [...(dependents.get(key) ?? [])].find(name => {
        const other = packageKey({ ...owner, name })
        return !files.has(other) || needed.has(other)
      })
      if (by !== undefined) needed.set(key, by)
    }
  }
  return needed
}

/** Names of the programs that the image starts, and of modules behind `-m`. */
function startedPrograms({ image }: Evidence): ReadonlySet<string> {
  return new Set(startWords(image.config).map(baseName))
}

function startedBy(
  { filesystem }: Evidence,
  { manager, name }: Owner,
  entries: readonly EntryId[],
  started: ReadonlySet<string>,
): string | undefined {
  if (isNotebook(name) && [...started].some(word => /^jupyter/.test(word))) return 'jupyter'
  if (manager === 'pip' && started.has('-m') && started.has(name.replaceAll('-', '_'))) return name
  for (const entry of entries) {
    const path = filesystem.path(entry)
    if (/\/s?bin$/.test(parentPath(path)) && started.has(baseName(path))) return baseName(path)
  }
  return undefined
}

/** An install without the packages that can go, and a stage for them. */
function apart(written: string | undefined, going: ReadonlySet<string>): string {
  const found = takeApart(written, going)
  if (found === undefined) {
    return '# in a stage of its own, built by: docker build --target dev\nFROM prod AS dev\nRUN …'
  }
  const prod = found.stays === undefined ? '' : `RUN ${found.stays}\n`
  return `${prod}FROM prod AS dev\nRUN ${found.goes}`
}

export default rule
