import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dpkgStatus, parseDpkgStatus } from '../../src/probe/dpkg-status.ts'
import { fixture } from './read.ts'

const status = '/var/lib/dpkg/status'

describe('dpkg-status', () => {
  it('reads real stanzas', () => {
    const packages = parseDpkgStatus(fixture('debian.status'))?.packages
    expect(packages?.map(found => `${found.name} ${found.version} ${found.architecture}`)).toEqual([
      'base-files 12.4+deb12u11 amd64',
      'dash 0.5.12-2 amd64',
      'libc6 2.36-9+deb12u14 amd64',
      'libssl3 3.0.19-1~deb12u2 amd64',
      'python3-minimal 3.11.2-1+b1 amd64',
      'zlib1g 1:1.2.13.dfsg-1 amd64',
    ])
    expect(packages?.[1]?.depends).toEqual(['libc6', 'debianutils', 'dpkg'])
    expect(packages?.filter(found => found.essential).map(found => found.name)).toEqual(['base-files', 'dash'])
    expect(packages?.[2]?.recommends).toContain('libidn2-0')
    expect(packages?.[5]).toMatchObject({ provides: ['libz1'] })
    expect(packages?.[5]).not.toHaveProperty('recommends')
  })

  it('takes held packages, and none that is removed or half installed', () => {
    expect(parseDpkgStatus(fixture('held.status'))).toEqual({
      kind: 'dpkg-status',
      packages: [
        {
          name: 'libcublas-12-4',
          version: '12.4.5.8-1',
          architecture: 'amd64',
          depends: [
            'cuda-toolkit-12-4-config-common',
            'cuda-toolkit-12-config-common',
            'cuda-toolkit-config-common',
            'libc6',
            'libgcc-s1',
          ],
        },
        { name: 'lower-case', version: '2', architecture: 'all', depends: [] },
      ],
    })
  })

  it('takes a distroless stanza, which has no Status', () => {
    expect(parseDpkgStatus(fixture('distroless.status'))?.packages).toEqual([
      { name: 'tzdata', version: '2024a-0+deb12u1', architecture: 'all', depends: ['debconf', 'debconf-2.0'] },
    ])
  })

  it('an empty database is a record: the image had packages and has none', () => {
    expect(parseDpkgStatus('')).toEqual({ kind: 'dpkg-status', packages: [] })
  })

  it('wants the database and each distroless stanza', () => {
    expect(dpkgStatus.wants(status, 1)).toBe(true)
    expect(dpkgStatus.wants('/var/lib/dpkg/status.d/tzdata', 1)).toBe(true)
    expect(dpkgStatus.wants('/var/lib/dpkg/status.d/tzdata.md5sums', 1)).toBe(false)
    expect(dpkgStatus.wants('/var/lib/dpkg/status-old', 1)).toBe(false)
    expect(dpkgStatus.wants('/opt/var/lib/dpkg/status', 1)).toBe(false)
  })

  it.skipIf(!existsSync('/usr/bin/dpkg-query'))('agrees with dpkg-query about this machine', () => {
    // Want is install or hold, error is none, state is installed: what `Status` says in full.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const format = '${db:Status-Abbrev}\\t${Package} ${Version} ${Architecture}\\n'
    const listed = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8', maxBuffer: 1e8 })
    const expected = listed.split('\n').filter(line => /^[ih]i /.test(line))
    const packages = parseDpkgStatus(readFileSync(status, 'utf8'))?.packages ?? []
    expect(expected.length).toBeGreaterThan(50)
    expect(packages.map(found => `${found.name} ${found.version} ${found.architecture}`).sort()).toEqual(
      expected.map(line => line.slice(line.indexOf('\t') + 1)).sort(),
    )
  })

  it.skipIf(!existsSync('/usr/bin/dpkg-query'))('finds the names that dpkg-query has in its relations', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const format = '${Package}:${Architecture}=${Pre-Depends},${Depends}\\n'
    const listed = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8', maxBuffer: 1e8 })
    const expected = new Map<string, string>()
    for (const line of listed.split('\n')) {
      const [key, relations = ''] = line.split(/=(.*)/s)
      const names = relations.match(/(?<=^|[,|])\s*[a-z0-9][a-z0-9+.-]+/g) ?? []
      if (key) expected.set(key, [...new Set(names.map(name => name.trim()))].join(' '))
    }
    for (const found of parseDpkgStatus(readFileSync(status, 'utf8'))?.packages ?? []) {
      expect(found.depends.join(' '), found.name).toBe(expected.get(`${found.name}:${found.architecture}`))
    }
  })
})
