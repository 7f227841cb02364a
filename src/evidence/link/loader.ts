import type { EntryId } from '../../image/filesystem.ts'
import { baseName, parentPath } from '../../image/path.ts'
import type { Root } from './root.ts'

/** A dynamic linker of the image, and what is built into it. */
export interface Loader {
  readonly kind: 'glibc' | 'musl'
  /** As programs name it: `/lib64/ld-linux-x86-64.so.2`. */
  readonly path: string
  /** undefined where the image has none. */
  readonly file: EntryId | undefined
  /** e_machine of what it loads. */
  readonly machine: number
  /** Folders that it looks into last, in its order. */
  readonly folders: readonly string[]
  /** What `$LIB` stands for. */
  readonly lib: string
  /** Whether `/etc/ld.so.cache` is its cache: one of another prefix has another. */
  readonly readsCache: boolean
}

const usual: Readonly<Record<number, string>> = {
  62: '/lib64/ld-linux-x86-64.so.2',
  183: '/lib/ld-linux-aarch64.so.1',
  21: '/lib64/ld64.so.2',
  243: '/lib/ld-linux-riscv64-lp64d.so.1',
}
const muslName: Readonly<Record<number, string>> = { 62: 'x86_64', 183: 'aarch64', 21: 'powerpc64le', 243: 'riscv64' }

/** The dynamic linker that a program names as its interpreter. */
export function loaderOf(root: Root, path: string, machine: number): Loader {
  const file = root.file(path)
  const base = { path, file, machine }
  const musl = /^ld-musl-(.+)\.so\.1$/.exec(baseName(path))?.[1]
  if (musl !== undefined) {
    return { ...base, kind: 'musl', folders: muslFolders(root, path, musl), lib: 'lib', readsCache: false }
  }
  return { ...base, kind: 'glibc', ...builtIn(file === undefined ? path : root.filesystem.path(file)) }
}

/** The loader of what has no program: the usual one of the machine that is there. */
export function usualLoader(root: Root, machine: number): Loader {
  const glibc = usual[machine] ?? '/lib/ld.so.1'
  const musl = `/lib/ld-musl-${muslName[machine] ?? machine}.so.1`
  return loaderOf(root, root.file(glibc) === undefined && root.file(musl) !== undefined ? musl : glibc, machine)
}

/**
 * What a distribution built into its glibc, as far as the place of the loader tells: Debian's has the folders of the
 * architecture, Fedora's and SUSE's lib64; one below a prefix of its own (Nix, Homebrew) has that one.
 */
function builtIn(real: string): Pick<Loader, 'folders' | 'lib' | 'readsCache'> {
  const folder = parentPath(real)
  const debian = /^(?:\/usr)?\/lib\/([^/]+-linux-[^/]+)$/.exec(folder)?.[1]
  if (debian !== undefined) {
    const folders = [`/lib/${debian}`, `/usr/lib/${debian}`, '/lib', '/usr/lib']
    return { folders, lib: `lib/${debian}`, readsCache: true }
  }
  const lib = /^(?:\/usr)?\/(lib(?:64|x32|32)?)$/.exec(folder)?.[1]
  if (lib !== undefined) return { folders: [`/${lib}`, `/usr/${lib}`], lib, readsCache: true }
  return { folders: [folder], lib: baseName(folder), readsCache: false }
}

/** `/etc/ld-musl-<arch>.path` of the loader's own prefix, else what is built in (musl's ldso/dynlink.c). */
function muslFolders(root: Root, path: string, arch: string): readonly string[] {
  const prefix = path.startsWith('/') ? parentPath(parentPath(path)) : '/'
  const file = root.file(`${prefix === '/' ? '' : prefix}/etc/ld-musl-${arch}.path`)
  const record = file === undefined ? undefined : root.filesystem.record(file)
  return record?.kind === 'ld-musl-path' ? record.folders : ['/lib', '/usr/local/lib', '/usr/lib']
}
