import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dpkgList, parseDpkgList } from '../../src/probe/dpkg-list.ts'
import { fixture } from './read.ts'

const info = '/var/lib/dpkg/info'

describe('dpkg-list', () => {
  it('reads a list, its root left out, and drops the architecture from its name', () => {
    const list = parseDpkgList(fixture('zlib1g.list'), `${info}/zlib1g:amd64.list`)
    expect(list?.package).toBe('zlib1g')
    expect(list?.paths.slice(0, 3)).toEqual(['/lib', '/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu/libz.so.1.2.13'])
    expect(list?.paths).toHaveLength(11)
  })

  it('reads distroless sums', () => {
    expect(parseDpkgList(fixture('zlib1g.md5sums'), '/var/lib/dpkg/status.d/zlib1g.md5sums')).toEqual({
      kind: 'dpkg-list',
      package: 'zlib1g',
      paths: [
        '/lib/x86_64-linux-gnu/libz.so.1.2.13',
        '/usr/share/doc/zlib1g/changelog.Debian.gz',
        '/usr/share/doc/zlib1g/changelog.gz',
        '/usr/share/doc/zlib1g/copyright',
      ],
    })
  })

  it('keeps dots and blanks in names', () => {
    expect(parseDpkgList('/usr/a b\n/usr/.c \n', `${info}/python3.11.list`)).toEqual({
      kind: 'dpkg-list',
      package: 'python3.11',
      paths: ['/usr/a b', '/usr/.c '],
    })
    expect(
      parseDpkgList(`${'0'.repeat(32)}  ./usr/a b\nshort  x\n`, '/var/lib/dpkg/status.d/x.md5sums')?.paths,
    ).toEqual(['/usr/a b'])
  })

  it('wants lists, and sums only where there is no list', () => {
    expect(dpkgList.wants(`${info}/libc6:amd64.list`, 1)).toBe(true)
    expect(dpkgList.wants(`${info}/libc6:amd64.md5sums`, 1)).toBe(false)
    expect(dpkgList.wants('/var/lib/dpkg/status.d/libc6.md5sums', 1)).toBe(true)
    expect(dpkgList.wants('/var/lib/dpkg/status.d/libc6.list', 1)).toBe(false)
    expect(dpkgList.wants('/usr/share/info/x.list', 1)).toBe(false)
  })

  it.skipIf(!existsSync('/usr/bin/dpkg'))('agrees with dpkg -L about every package of this machine', () => {
    const files = readdirSync(info).filter(name => name.endsWith('.list'))
    expect(files.length).toBeGreaterThan(50)
    const lists = files.map(name => parseDpkgList(readFileSync(`${info}/${name}`, 'utf8'), `${info}/${name}`))
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const installed = execFileSync('dpkg-query', ['-W', '-f', '${Package}\\n'], { encoding: 'utf8' }).split('\n')
    expect([...new Set(lists.map(list => list?.package))].sort()).toEqual(
      [...new Set(installed.filter(name => name !== ''))].sort(),
    )
    // dpkg -L takes many packages at once, an empty line between them; diversions are sentences.
    const names = files.map(name => name.slice(0, -'.list'.length))
    const told = execFileSync('dpkg', ['-L', ...names], { encoding: 'utf8', maxBuffer: 1e9 })
      .trimEnd()
      .split('\n\n')
    expect(told).toHaveLength(lists.length)
    told.forEach((paths, at) => {
      const expected = paths.split('\n').filter(path => path.startsWith('/') && path !== '/.')
      expect(lists[at]?.paths, names[at]).toEqual(expected)
    })
  })
})
