import { below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { DpkgList } from './package-record.ts'

/** Reads what dpkg installed for one package: a `.list` of absolute paths, folders among them, or distroless'
 *  `.md5sums` (deb-md5sums(5)), which has regular files only. The package's name is the file's. */
export function parseDpkgList(text: string, path: string): DpkgList | undefined {
  const sums = path.endsWith('.md5sums')
  const budget = new Budget()
  const paths: string[] = []
  for (const line of lines(text)) {
    const found = sums ? summed(line) : line
    // Each list begins with `/.`: the root belongs to nobody.
    if (found === undefined || !found.startsWith('/') || found === '/.') continue
    if (!budget.spend(found)) return undefined
    paths.push(found)
  }
  return { kind: 'dpkg-list', package: packageName(path), paths }
}

/** The path of `<32 hexadecimal digits>  usr/bin/x`. */
function summed(line: string): string | undefined {
  return line.length > 34 && line.startsWith('  ', 32) ? below('/', line.slice(34)) : undefined
}

/** `libc6` of `/var/lib/dpkg/info/libc6:amd64.list`. */
function packageName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'))
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(0, colon)
}

/** `/var/lib/dpkg/info/<name>[:<arch>].list`, and distroless' `/var/lib/dpkg/status.d/<name>.md5sums`. */
export const dpkgList = recordProbe({
  id: 'dpkg-list',
  wants: path =>
    path.startsWith('/var/lib/dpkg/') &&
    (path.startsWith('/info/', 13)
      ? path.endsWith('.list')
      : path.startsWith('/status.d/', 13) && path.endsWith('.md5sums')),
  parse: parseDpkgList,
})
