import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName } from '../image/path.ts'
import type { Binary, Strippable } from '../probe/binary/binary.ts'

/** A program or library that strip would make smaller. */
export interface StrippableFile {
  readonly inode: EntryId
  /** The first visible name of it. */
  readonly entry: EntryId
  /** Bytes that it would take. */
  readonly debug: number
  readonly symbols: number
}

/** Of fewer bytes nobody changes a build; distributions leave some on purpose, for the debuggers of threads. */
const least = 64 * 1024

/** Every live program and library that strip may be used on and that it would make smaller by 64 KiB or more. */
export function strippableFiles({ filesystem, image }: Evidence): StrippableFile[] {
  const files: StrippableFile[] = []
  for (const [inode, binary] of filesystem.liveBinaries()) {
    const { debug, symbols } = sums(binary.strippable)
    if (debug + symbols < least) continue
    if (!mayBeStripped(binary, filesystem.content(inode), image.config.architecture)) continue
    if (filesystem.names(inode).some(name => mustStay.test(baseName(filesystem.path(name))))) continue
    files.push({ inode, entry: filesystem.nameOf(inode), debug, symbols })
  }
  return files
}

/**
 * By name: the dynamic loader and the C library's threads, which debuggers and valgrind read; modules that check their own
 * bytes (FIPS 140: OpenSSL's, and NSS's with their .chk, libgcrypt's and GnuTLS's with their .hmac).
 */
export const mustStay =
  /^(?:ld[-.]|libpthread[-.]|libthread_db[-.]|fips\.so|libfreebl|libsoftokn|libnssdbm|libgcrypt\.so|libgnutls\.so)/

const machines: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 }

/** Whether strip leaves what is needed: of linked programs and libraries for this machine, never of objects to be linked. */
function mayBeStripped({ kind, elf, parts }: Binary, content: number, architecture: string): boolean {
  if (kind !== 'elf' || elf === undefined || parts === undefined) return false
  if (elf.type !== 'shared' && elf.type !== 'executable') return false
  // A file of symbols alone (/usr/lib/debug) is of no use without them.
  if (parts.code === 0) return false
  if (elf.machine !== (machines[architecture] ?? elf.machine)) return false
  if (elf.interpreter === undefined && elf.type === 'shared') return true
  // What stands behind the last section of a program, as bundlers append its payload (PyInstaller, Nuitka, Deno, Bun), is
  // dropped by strip. A library has gaps instead, where patchelf moved a table to the end: 5.7 MB in libtorch_cpu.so.
  const known = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)
  return content - known < unknownAtMost
}

/** Headers, section names, comments, and padding between segments: 37 kB in node. Bytes. */
const unknownAtMost = 256 * 1024

function sums(strippable: readonly Strippable[]): Record<Strippable['part'], number> {
  const found = { debug: 0, symbols: 0 }
  for (const { part, start, end } of strippable) found[part] += end - start
  return found
}
