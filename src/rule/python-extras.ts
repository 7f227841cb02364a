import type { Evidence } from '../evidence/evidence.ts'
import { ByFolder } from '../image/by-folder.ts'
import type { EntryId } from '../image/filesystem.ts'
import { NamePattern } from '../image/name-pattern.ts'
import { byOriginLayer, claimsWithOlder, instruction, judge } from './claims.ts'
import { commandOf } from './dockerfile.ts'
import { place } from './place.ts'
import type { Rule } from './rule.ts'

/** One kind of what packages bring and services do not run. */
interface Extra {
  readonly fix: string
  /** Dockerfile text, given the command of the RUN that wrote it. */
  after(command: string): string
  readonly what: string
  readonly because: string
  /** Whether a folder, given with a slash at its end, may hold some. */
  in(folder: string, evidence: Evidence): boolean
  /** Whether an entry of such a folder is one; all are unless told. */
  is?(entry: EntryId, evidence: Evidence): boolean
}

const rule: Rule = {
  id: 'python-extras',
  title: 'Tests, bytecode, documentation and translations',
  help: `
Why: Packages bring what a service does not run: their own tests, manual pages, documentation and translations into
every language. Python adds a compiled copy of every module beside it.

Fix: pip install --no-compile, and ENV PYTHONDONTWRITEBYTECODE=1 for what is compiled later. For documentation and
translations of system packages write path-exclude rules to /etc/dpkg/dpkg.cfg.d/ before the first apt-get install.
Tests of packages are deleted at the end of the RUN that installs them.

Keep: Bytecode when the start-up time counts, for it is compiled at each start otherwise. Translations that users see.
Folders named testing (numpy.testing, torch.testing) are imported by real code and never claimed; nor are copyright
files.`,

  *check(evidence) {
    for (const [{ fix, after, what, because }, entries] of find(evidence)) {
      for (const [layer, own] of byOriginLayer(evidence, entries)) {
        yield {
          ...judge(evidence, layer, {
            verdict: 'check',
            because: [because],
            fix: { id: fix, after: after(commandOf(instruction(evidence, layer)) ?? '…') },
          }),
          message: `${what} of layer ${layer}: ${place(evidence, own)}`,
          claims: claimsWithOlder(evidence, own),
        }
      }
    }
  },
}

/** Visible entries by what they are, the first that fits. */
function find(evidence: Evidence): ReadonlyMap<Extra, readonly EntryId[]> {
  const { filesystem } = evidence
  const found = new Map(extras.map(extra => [extra, [] as EntryId[]]))
  const none: readonly Extra[] = []
  const folders = new ByFolder(filesystem.tree, folder => {
    const own = extras.filter(extra => extra.in(folder, evidence))
    return own.length === 0 ? none : own
  })
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.kind(id) === 'directory' || !filesystem.visible(id)) continue
    const own = folders.around(filesystem.node(id))
    const extra = own === none ? undefined : firstOf(own, id, evidence)
    if (extra !== undefined) found.get(extra)?.push(id)
  }
  return found
}

function firstOf(candidates: readonly Extra[], entry: EntryId, evidence: Evidence): Extra | undefined {
  return candidates.find(({ is }) => is === undefined || is(entry, evidence))
}

const excludeDocs = [
  "printf 'path-exclude=/usr/share/%s/*\\n' doc man info > /etc/dpkg/dpkg.cfg.d/no-docs",
  "echo 'path-include=/usr/share/doc/*/copyright' >> /etc/dpkg/dpkg.cfg.d/no-docs",
].join(' && ')

const extras: readonly Extra[] = [
  {
    fix: 'no-package-tests',
    after: command =>
      `RUN ${command} && find / -path '*-packages/*' -type d '(' -name test -o -name tests ')' -prune -exec rm -rf {} +`,
    what: 'tests of Python packages',
    because: 'nothing imports the tests of a package but its own test run; some packages do it all the same',
    in: folder => folder.includes('/test') && /\/(site|dist)-packages\/(.*\/)?tests?\//.test(folder),
    is: isPackaged,
  },
  {
    fix: 'no-bytecode',
    after: command =>
      `ENV PYTHONDONTWRITEBYTECODE=1\nRUN ${command.replaceAll('pip install ', 'pip install --no-compile ')}`,
    what: 'bytecode of Python modules',
    because: 'Python compiles a module again when its bytecode is missing, at each start',
    // numba keeps machine code in that folder too; a .pyc outside of it is all that there is of its module.
    in: folder => folder.includes('/__pycache__/'),
    is: (entry, { filesystem }) => bytecode.matches(filesystem.tree.names, filesystem.node(entry)),
  },
  {
    fix: 'no-docs',
    after: command => `RUN ${excludeDocs} && ${command}`,
    what: 'documentation',
    because: 'nobody reads it in a container; copyright files are left alone',
    // Folders of packages that share one copyright file are links to one of them.
    in: folder => isShared(folder, ['doc/', 'gtk-doc/', 'help/']),
    is: (entry, { filesystem }) =>
      filesystem.kind(entry) !== 'symlink' && !licence.test(filesystem.tree.name(filesystem.node(entry))),
  },
  {
    fix: 'no-docs',
    after: command => `RUN ${excludeDocs} && ${command}`,
    what: 'manual pages',
    because: 'nobody reads them in a container',
    in: folder => isShared(folder, ['man/', 'info/']),
  },
  {
    fix: 'no-translations',
    after: command =>
      `RUN echo 'path-exclude=/usr/share/locale/*' > /etc/dpkg/dpkg.cfg.d/no-translations && ${command}`,
    what: 'translations of messages',
    because: 'programs speak English without them, and no LANG of this image asks for one',
    in: isForeign,
  },
]

/** What the licences of packages ask to be handed on. */
const licence = /^(copyright|licen[cs]e|notice|copying)/i
const bytecode = new NamePattern({ ends: ['.pyc'] })

/** Whether a Python package brought it. */
function isPackaged(entry: EntryId, { owners }: Evidence): boolean {
  const owner = owners.owner(entry)
  return owner?.manager === 'pip' || owner?.manager === 'conda'
}

/** Whether it lies in one of these folders of /usr/share or /usr/local/share. */
function isShared(path: string, folders: readonly string[]): boolean {
  return sharedFolders.some(
    shared => path.startsWith(shared) && folders.some(folder => path.startsWith(folder, shared.length)),
  )
}

const sharedFolders = ['/usr/share/', '/usr/local/share/'] as const

/** Whether it translates into another language than English and those that the configuration asks for. */
function isForeign(path: string, evidence: Evidence): boolean {
  if (!isShared(path, ['locale/'])) return false
  const locale = /\/share\/locale\/([^/]+)\//.exec(path)?.[1]
  const language = locale?.split(/[_.@]/)[0]
  return language !== undefined && !['C', 'POSIX', 'en', ...languages(evidence)].includes(language)
}

/** `de` of LANG=de_DE.UTF-8. */
function languages({ image }: Evidence): string[] {
  return [...image.config.env]
    .filter(([name]) => name === 'LANG' || name === 'LANGUAGE' || name.startsWith('LC_'))
    .flatMap(([, value]) => value.split(':'))
    .map(value => value.split(/[_.@]/)[0] ?? '')
}

export default rule
