import type { Evidence } from '../evidence/evidence.ts'
import { packageGraphs } from '../evidence/package-graph.ts'
import { type User, usersIn } from '../evidence/users.ts'
import { baseName, parentPath } from '../image/path.ts'
import { buildTool } from './build-tool.ts'
import { withOlderCopies } from './claims.ts'
import { dependentsOf, packageKey } from './dependents.ts'
import { commandOf } from './dockerfile.ts'
import { onlyFor } from './exclusive.ts'
import { takeApart } from './install-command.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import { type PackageFiles, packageFiles } from './package-files.ts'
import type { Rule, Verdict } from './rule.ts'
import { startWords } from './start.ts'

const rule: Rule = {
  id: 'build-tools',
  title: 'Compilers, headers and build tools in the image',
  guide: { section: 1, title: 'Builder vs Runtime Architecture' },
  help: `
Why: gcc, make, cmake and packages that end in -dev are there to build other software. Once that is built they are bytes
to pull, more to patch, and tools for whoever breaks in. Many come unasked: apt installs what a package recommends, and
python3-pip recommends build-essential and python3-dev. What came for their sake and nothing else needs is counted with
them, as apt-get autoremove would take it.

Fix: Build in a stage of its own and copy the result: FROM … AS builder with the tools, then COPY --from=builder into
an image without them. Where one RUN has to do it all, purge in that RUN: apt-get install -y gcc && pip install … &&
apt-get purge -y --auto-remove gcc, with the libraries that the result loads installed by name. A later RUN frees
nothing. For what came unasked: apt-get install -y --no-install-recommends.

Keep: Some programs compile while they run. Triton and torch.compile want a C compiler, the C library's headers and
Python.h; torch.compile on the CPU, DeepSpeed and FlashInfer want a C++ compiler, and ninja. A tool that an installed
package cannot do without is kept and the package named; where only some of its uses want the tool, the finding says so
and asks you. A tool that another installed package depends on is kept too.`,

  *check(evidence) {
    const tools = toolsOf(evidence)
    const unused = tools.filter(tool => tool.verdict === 'check' && !tool.wanted)
    const wanted = tools.filter(tool => tool.verdict === 'check' && tool.wanted)
    const kept = tools.filter(tool => tool.verdict === 'keep')
    yield* leftoverFindings(evidence, [
      ...leftovers(evidence, unused, 'builder-stage', new Set()),
      ...leftovers(evidence, wanted, 'no-runtime-compiler', namesOf(unused)),
      ...kept.map(tool => leftoverOf(evidence, tool, tool.because, { id: 'builder-stage' })),
    ])
  },
}

interface Tool extends PackageFiles {
  readonly verdict: Verdict
  readonly because: readonly string[]
  /** Whether some uses of an installed package want it. */
  readonly wanted: boolean
}

/** Every build tool of the image, and whether it can go. */
function toolsOf(evidence: Evidence): Tool[] {
  const files = packageFiles(evidence, ({ manager, name }) => buildTool(manager, name) !== undefined)
  const users = new Map([...files].map(([key, tool]) => [key, usersOf(evidence, tool)]))
  const kept = new Map<string, readonly string[]>()
  for (const [key, tool] of files) {
    const user = users.get(key)?.find(({ strength }) => strength === 'breaks')
    const started = startedBy(evidence, tool)
    if (user !== undefined) kept.set(key, [user.because])
    else if (started !== undefined) kept.set(key, [`the image starts ${started}`])
  }
  keepNeeded(evidence, files, kept)
  const wanted = new Map(
    [...users].flatMap(([key, some]) =>
      some.length > 0 && !kept.has(key) ? [[key, some.map(user => user.because)]] : [],
    ),
  )
  keepNeeded(evidence, new Map([...files].filter(([key]) => !kept.has(key))), wanted)
  return [...files].map(([key, tool]) => {
    const reason = kept.get(key)
    if (reason !== undefined) return { ...tool, verdict: 'keep', because: reason, wanted: false }
    const because = wanted.get(key) ?? ['nothing that is installed depends on it, or is known to compile with it']
    return { ...tool, verdict: 'check', because, wanted: wanted.has(key) }
  })
}

/** Who compiles with a tool while it runs, and takes it from where this one is. */
function usersOf(evidence: Evidence, { owner }: PackageFiles): User[] {
  const users = usersIn(evidence)
  const prefix = owner.manager === 'conda' ? owner.root : undefined
  const needs = buildTool(owner.manager, owner.name)?.needs ?? []
  if (owner.manager !== 'pip') return needs.flatMap(need => users.of(need, prefix))
  // A wheel of ninja serves its own environment: those who compile C++ there.
  return needs.length === 0 ? [] : users.of('cxx-compiler').filter(({ package: user }) => user.root === owner.root)
}

/** Keeps what something that stays depends on; what is kept for one reason keeps its own dependencies. */
function keepNeeded(
  evidence: Evidence,
  files: ReadonlyMap<string, PackageFiles>,
  kept: Map<string, readonly string[]>,
): void {
  const graphs = packageGraphs(evidence)
  const dependents = dependentsOf(evidence)
  for (let size = -1; size !== kept.size; ) {
    size = kept.size
    for (const [name, graph] of graphs) {
      const own = [...files].filter(([key, { owner }]) => `${owner.manager} ${owner.root}` === name && !kept.has(key))
      for (const [tool, by] of graph.required(new Set(own.map(([, { owner }]) => owner.name)))) {
        const key = own.find(([, { owner }]) => owner.name === tool)?.[0]
        if (key !== undefined) kept.set(key, [`${by} depends on ${tool}`])
      }
    }
    for (const [key, { owner }] of files) {
      if (owner.manager !== 'pip' || kept.has(key)) continue
      const by = [...(dependents.get(key) ?? [])].find(name => {
        const other = packageKey({ ...owner, name })
        return !files.has(other) || kept.has(other)
      })
      if (by !== undefined) kept.set(key, [`${by} requires ${owner.name}`])
    }
  }
}

function startedBy({ filesystem, image }: Evidence, { entries }: PackageFiles): string | undefined {
  const started = new Set(startWords(image.config).map(baseName))
  const program = entries.find(entry => {
    const path = filesystem.path(entry)
    return /\/s?bin$/.test(parentPath(path)) && started.has(baseName(path))
  })
  return program === undefined ? undefined : baseName(filesystem.path(program))
}

function* leftovers(
  evidence: Evidence,
  tools: readonly Tool[],
  id: string,
  before: ReadonlySet<string>,
): Iterable<Leftovers> {
  const going = new Set([...before, ...namesOf(tools)])
  for (const tool of tools) yield leftoverOf(evidence, tool, tool.because, { id, going })
  const earlier = new Set(onlyFor(evidence, ownersNamed(evidence, before)).map(({ owner }) => owner.name))
  for (const dependency of onlyFor(evidence, ownersNamed(evidence, going))) {
    if (!earlier.has(dependency.owner.name))
      yield leftoverOf(evidence, { ...dependency, verdict: 'check' }, [dependency.because], { id, going })
  }
}

function namesOf(tools: readonly Tool[]): Set<string> {
  return new Set(tools.map(({ owner }) => owner.name))
}

function ownersNamed({ owners }: Evidence, names: ReadonlySet<string>) {
  return owners.packages().filter(({ manager, name }) => manager === 'dpkg' && names.has(name))
}

function leftoverOf(
  evidence: Evidence,
  { owner, entries, verdict }: PackageFiles & { readonly verdict: Verdict },
  because: readonly string[],
  fix: { readonly id: string; readonly going?: ReadonlySet<string> },
): Leftovers {
  const { id, going } = fix
  return {
    what: owner.name,
    at: [],
    entries: entries.flatMap(entry => withOlderCopies(evidence, entry)),
    verdict,
    because,
    fix: written => (going === undefined ? { id } : { id, after: `${notes[id] ?? ''}${without(written, going)}` }),
  }
}

const notes: Readonly<Record<string, string>> = {
  'no-runtime-compiler': '# only where nothing compiles while it runs\n',
}

/** An instruction that leaves no build tools: they came unasked, or they are used in it, or a stage of their own has them. */
function without(written: string | undefined, going: ReadonlySet<string>): string {
  const command = commandOf(written)
  const apart = takeApart(written, going)
  if (command === undefined) return builder('RUN …')
  if (apart === undefined) {
    const quiet = command.replace(
      /\bapt(-get)?((?:\s+-\S+)*)\s+install\b(?!.*--no-install-recommends)/g,
      'apt$1$2 install --no-install-recommends',
    )
    return quiet === command ? builder(`RUN ${command}`) : `RUN ${quiet}`
  }
  // What builds in the same RUN needs them until it is done.
  if (builds(command)) return `RUN ${command} && apt-get purge -y --auto-remove ${apart.names.join(' ')}`
  const prod = apart.stays === undefined ? '' : `RUN ${apart.stays}\n`
  return `${builder(`RUN ${apart.goes}`)}${prod === '' ? '' : `\n${prod.trimEnd()}`}`
}

/** Whether a command that installs packages of the system builds something with them too. */
function builds(command: string): boolean {
  return (
    /\bapt(?:-get)?\b/.test(command) &&
    /(?:&&|;)\s*(?:\S+\/)?(?:pip\d*|python[\d.]*|make|cmake|ninja|cargo|go|\.\/configure|gcc|g\+\+)\s/.test(command)
  )
}

function builder(install: string): string {
  return `FROM … AS builder\n${install}\nFROM …\nCOPY --from=builder … …`
}

export default rule
