import { spawnSync } from 'node:child_process'
import { goTar } from './oracle/programs.ts'

/** Writes the archive `path` of a folder beside it. */
export interface Writer {
  readonly name: string
  readonly tools: readonly string[]
  /** One of the trees: `simp` has what the oldest formats can hold, `root` has more, `sprs` has holes. */
  readonly tree: 'simp' | 'root' | 'sprs'
  write(folder: string, path: string): void | Promise<void>
  /** Readers that read it wrong, each for a reason that the archives made by hand have too. */
  readonly misread?: readonly string[]
}

/** What a format cannot hold a writer leaves out, and says so; that is no failure here. */
function run(program: string, options: readonly string[], cwd: string, input = ''): void {
  const { error } = spawnSync(program, options, { cwd, input, env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  if (error !== undefined) throw error
}

function gnu(tree: Writer['tree'], ...options: string[]): Writer {
  return {
    name: `GNU tar ${options.join(' ')}`,
    tools: ['tar'],
    tree,
    write: (folder, path) => run('tar', ['-cf', path, '--sort=name', ...options, tree], folder),
  }
}

function bsdtar(tree: Writer['tree'], format: string): Writer {
  const write = (folder: string, path: string) => run('bsdtar', ['-cf', path, `--format=${format}`, tree], folder)
  return { name: `bsdtar --format=${format}`, tools: ['bsdtar'], tree, write }
}

function python(tree: Writer['tree'], format: string): Writer {
  const script = [
    'import sys, tarfile',
    `with tarfile.open(sys.argv[1], 'w', format=tarfile.${format}) as tar: tar.add('${tree}')`,
  ].join('\n')
  return {
    name: `Python ${format}`,
    tools: ['python3'],
    tree,
    write: (folder, path) => run('python3', ['-c', script, path], folder),
  }
}

function go(tree: Writer['tree'], format: string): Writer {
  const write = async (folder: string, path: string) => run(await goTar(), [format, tree, path], folder)
  return { name: `Go ${format}`, tools: ['go'], tree, write }
}

const large = ['--owner=+3000000000', '--group=+4000000000']

export const writers: readonly Writer[] = [
  gnu('simp', '--format=v7'),
  gnu('root', '--format=oldgnu'),
  gnu('root', '--format=gnu'),
  gnu('root', '--format=gnu', ...large),
  gnu('root', '--format=gnu', '-b', '1'),
  gnu('root', '--format=gnu', '-V', 'a label'),
  // Python takes times in a GNU header for a prefix.
  { ...gnu('root', '--format=gnu', '-g', '/dev/null'), misread: ['Python'] },
  gnu('root', '--format=ustar'),
  gnu('root', '--format=posix'),
  gnu('root', '--format=posix', ...large),
  gnu('root', '--format=posix', '--pax-option=comment:=a=b c,atime:={2001-02-03}'),
  gnu('root', '--format=posix', '--pax-option=globexthdr.name=global,comment=c'),
  gnu('sprs', '--format=oldgnu', '-S'),
  gnu('sprs', '--format=gnu', '-S'),
  ...['0.0', '0.1', '1.0'].map(version => gnu('sprs', '--format=posix', '-S', `--sparse-version=${version}`)),
  // tar-stream has no v7, whose folders a slash tells.
  { ...bsdtar('simp', 'v7'), misread: ['tar-stream'] },
  bsdtar('root', 'ustar'),
  bsdtar('root', 'gnutar'),
  bsdtar('root', 'pax'),
  bsdtar('sprs', 'pax'),
  bsdtar('root', 'paxr'),
  python('simp', 'USTAR_FORMAT'),
  python('root', 'GNU_FORMAT'),
  python('root', 'PAX_FORMAT'),
  go('simp', 'ustar'),
  { ...go('root', 'gnu'), misread: ['Python'] },
  go('simp', 'pax'),
  {
    name: 'cpio -H ustar',
    tools: ['cpio', 'find'],
    tree: 'simp',
    write: (folder, path) => run('sh', ['-c', `find simp | cpio -o -H ustar > "$1"`, 'sh', path], folder),
  },
  {
    name: 'pax -x ustar',
    tools: ['pax'],
    tree: 'simp',
    write: (folder, path) => run('pax', ['-w', '-x', 'ustar', '-f', path, 'simp'], folder),
  },
]
