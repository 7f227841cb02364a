import { probeFor } from '../../../src/probe/index.ts'
import { pushed } from '../../probe/read.ts'
import { fixture } from '../seeds.ts'
import type { Target } from '../target.ts'

/** Path, true files, and what the format is made of. */
const formats: readonly (readonly [path: string, files: readonly string[], pieces: readonly string[]])[] = [
  [
    '/var/lib/dpkg/status',
    ['held.status', 'debian.status', 'distroless.status'],
    ['Package: ', 'Depends: ', 'Version: 1', 'Status: install ok installed', 'Provides: ', ' (', '|', ',', ':', '['],
  ],
  ['/var/lib/dpkg/info/x:amd64.list', ['zlib1g.list'], ['/', '/usr', '/.', '../']],
  ['/var/lib/dpkg/status.d/x.md5sums', ['zlib1g.md5sums'], ['0'.repeat(32), '  ', '../', './']],
  ['/var/lib/dpkg/diversions', ['debian.diversions'], ['/', '/usr/x', '../', ':']],
  [
    '/s/x.dist-info/METADATA',
    ['six.METADATA', 'wsgiref.egg-info'],
    ['Name: ', 'Version: ', 'Requires-Dist: a', ';', 'extra == ', '==', '[', '"', '_', '-', ':', '(', 'and '],
  ],
  [
    '/s/x.dist-info/RECORD',
    ['odd.RECORD', 'six.RECORD', 'jsonpointer.RECORD'],
    ['"', '""', ',', '../', '/', 'sha256='],
  ],
  ['/s/x.egg-info/installed-files.txt', ['zlib1g.list'], ['../', '/', './']],
  ['/s/x.dist-info/INSTALLER', ['six.METADATA'], ['pip', 'conda']],
  ['/o/conda-meta/x.json', ['conda.json'], ['{', '}', '[', ']', '"files":', '"name":"x"', ',', '"', '"__proto__":']],
  ['/lib/apk/db/installed', ['apk.installed'], ['P:', 'V:1', 'F:', 'R:', ':', '../']],
  ['/var/lib/apt/extended_states', ['debian.extended_states'], ['Package: ', 'Auto-Installed: ', '1', ':']],
  ['/etc/ld.so.conf', ['cuda.ld.so.conf'], ['/', '#', '../', 'include ']],
  ['/etc/ld.so.preload', ['cuda.ld.so.conf'], ['/', '#', ':', 'lib']],
  ['/etc/ld-musl-x86_64.path', ['cuda.ld.so.conf'], ['/', ':']],
  [
    '/etc/ld.so.cache',
    ['new.ld.so.cache', 'old.ld.so.cache', 'compat.ld.so.cache'],
    ['glibc-ld.so.cache1.1', 'ld.so-1.7.0', '\0\0', '\u0002'],
  ],
  ['/etc/os-release', ['debian.os-release'], ['ID=', 'NAME=', '"', "'", '\\', '$']],
]

/** Every record that is text or a table: a fact, or a problem in words. */
export const records: readonly Target[] = formats.map(([path, files, pieces]) => ({
  name: `record-${probeOf(path, 1).id}${path.endsWith('.md5sums') ? '-md5sums' : path.endsWith('.txt') ? '-txt' : ''}`,
  seeds: () => files.map(file => fixture(`probe/${file}`)),
  pieces,
  ...(path.endsWith('.json') ? { json: true as const } : {}),
  runs: 150,
  async read(bytes) {
    const probe = probeOf(path, bytes.length)
    const whole = pushed(probe, path, bytes)
    const [one, other] = [await whole.end(), await pushed(probe, path, bytes, 61 + (bytes.length % 3000)).end()]
    if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('pieces make another record')
    if (one === undefined && !/^is /.test(whole.problem ?? '')) throw new Error(`the problem is: ${whole.problem}`)
  },
}))

function probeOf(path: string, size: number) {
  const probe = probeFor(path, size)
  if (probe === undefined) throw new Error(`nothing wants ${path}`)
  return probe
}
