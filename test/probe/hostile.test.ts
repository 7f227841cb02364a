import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probeFor } from '../../src/probe/index.ts'
import { fixture, pushed } from './read.ts'

/** A path, a true file, and what its format is made of. */
const formats: readonly (readonly [path: string, file: string, pieces: readonly string[]])[] = [
  [
    '/var/lib/dpkg/status',
    'held.status',
    ['Package:', 'Depends: ', 'Version: 1', 'Status: install ok installed', ' (', '|', ',', ':', '['],
  ],
  ['/var/lib/dpkg/info/x:amd64.list', 'zlib1g.list', ['/', '/usr', '/.']],
  ['/var/lib/dpkg/status.d/x.md5sums', 'zlib1g.md5sums', ['0'.repeat(32), '  ', '../', './']],
  [
    '/s/x.dist-info/METADATA',
    'six.METADATA',
    ['Name: ', 'Version: ', 'Requires-Dist: a', ';', 'extra ', '==', '[', '"', '_', '-', ':'],
  ],
  ['/var/lib/dpkg/diversions', 'debian.diversions', ['/', '/usr/x', '../', ':']],
  ['/s/x.dist-info/RECORD', 'odd.RECORD', ['"', '""', ',', '../', '/', '.', 'sha256=']],
  ['/s/x.egg-info/installed-files.txt', 'zlib1g.list', ['../', '/', './']],
  ['/s/x.dist-info/INSTALLER', 'six.METADATA', ['pip']],
  [
    '/o/conda-meta/x.json',
    'conda.json',
    ['{', '}', '[', ']', '"files":', '"name":"x"', ',', '"', '\\', '"__proto__":', '0'],
  ],
  ['/lib/apk/db/installed', 'apk.installed', ['P:', 'V:1', 'F:', 'R:', ':', '../']],
  ['/var/lib/apt/extended_states', 'debian.extended_states', ['Package: ', 'Auto-Installed: ', '1', ':']],
  ['/etc/ld.so.conf', 'cuda.ld.so.conf', ['/', '#', '../', 'include ']],
  ['/etc/ld.so.preload', 'cuda.ld.so.conf', ['/', '#', ':', 'lib']],
  ['/etc/ld-musl-x86_64.path', 'cuda.ld.so.conf', ['/', ':']],
  ['/etc/ld.so.cache', 'cuda.ld.so.conf', ['glibc-ld.so.cache1.1', 'ld.so-1.7.0', '\0\0', '\u0002']],
  ['/etc/os-release', 'debian.os-release', ['ID=', 'NAME=', '"', "'", '\\', '$']],
]

const anywhere = ['\n', '\r\n', '\r', ' ', '\t', 'a', '\0', '\ud800', 'é', '𝒳']

function read(path: string, bytes: Buffer, chunk?: number): void {
  const probe = probeFor(path, bytes.length)
  if (probe === undefined) throw new Error(`nothing wants ${path}`)
  const reader = pushed(probe, path, bytes, chunk)
  const record = reader.end()
  if (record instanceof Promise) throw new Error(`${path} is no text`)
  if (record === undefined) expect(reader.problem).toMatch(/^is /)
  else expect(record.kind).toBe(probe.id)
}

describe.each(formats)('%s', (path, file, pieces) => {
  it('any bytes give a record or none', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))
    const made = fc
      .array(fc.constantFrom(...pieces, ...anywhere), { maxLength: 60 })
      .map(all => Buffer.from(all.join('')))
    const chunk = fc.integer({ min: 1, max: 80 })
    fc.assert(
      fc.property(fc.oneof(bytes, made), chunk, (input, size) => read(path, input, size)),
      { numRuns: 1000 },
    )
  })

  it('so does a true file that was damaged', () => {
    const whole = Buffer.from(fixture(file))
    const place = fc.nat({ max: whole.length - 1 })
    fc.assert(
      fc.property(place, place, fc.uint8Array({ maxLength: 3 }), (from, to, with_) =>
        read(path, Buffer.concat([whole.subarray(0, from), Buffer.from(with_), whole.subarray(to)])),
      ),
      { numRuns: 500 },
    )
  })

  it('takes linear time on endless pieces', { timeout: 120_000 }, () => {
    const all = [...pieces, ...anywhere]
    for (const repeated of [...all, ...pieces.flatMap(a => [`${a}\n`, `\n${a}`, ` ${a}`])]) {
      const start = performance.now()
      read(path, Buffer.from(repeated.repeat(400_000 / repeated.length)))
      // 0.4 MB takes milliseconds; quadratic work, 1.6e11 steps.
      expect(performance.now() - start, JSON.stringify(repeated)).toBeLessThan(5000)
    }
  })
})

it('64 MiB of bytes that are no text are no attack', { timeout: 120_000 }, () => {
  const start = performance.now()
  read('/var/lib/dpkg/info/x.list', Buffer.alloc(64 * 1024 * 1024, 0xff), 1 << 20)
  expect(performance.now() - start).toBeLessThan(20_000)
})
