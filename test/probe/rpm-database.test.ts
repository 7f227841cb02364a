import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PackageRecord } from '../../src/probe/package-record.ts'
import { rpmDatabase, rpmUnread } from '../../src/probe/rpm-database.ts'
import { pushed } from './read.ts'
import { database, headerOf, rpmdb } from './rpm/fixture.ts'

const path = '/var/lib/rpm/rpmdb.sqlite'

async function read(bytes: Buffer): Promise<{ record: PackageRecord | undefined; problem: string | undefined }> {
  const reader = pushed(rpmDatabase, path, bytes, 65_536)
  return { record: await reader.end(), problem: reader.problem }
}

function filesOf(name: string, version: string): string[] {
  const data = [`/usr/lib/${name}/data-${version}`, `/usr/lib/${name}/dätä`]
  return [`/etc/${name}.conf`, `/usr/bin/${name}`, `/usr/bin/${name}-link`, ...data]
}

const alpha = { name: 'alpha', version: '1.0-1', architecture: 'noarch', depends: [], paths: filesOf('alpha', '1.0') }
const beta = { name: 'beta', version: '3:1.0-1', architecture: 'noarch', paths: filesOf('beta', '1.0') }

it('reads what rpm wrote', async () => {
  const { record, problem } = await read(rpmdb('installed'))
  expect(problem).toBeUndefined()
  expect(record).toEqual({
    kind: 'rpm-database',
    packages: [
      { ...alpha, provides: ['greek(letter)', '/usr/bin/alpha'] },
      { ...beta, depends: ['greek(letter)', 'omega', '/usr/bin/alpha'], recommends: ['gamma'] },
    ],
  })
})

it('reads what rpm upgraded and erased', async () => {
  const newer = { ...alpha, version: '2.0-1', paths: filesOf('alpha', '2.0') }
  expect((await read(rpmdb('erased'))).record).toEqual({ kind: 'rpm-database', packages: [newer] })
  expect((await read(rpmdb('upgraded'))).record).toMatchObject({ packages: [{ name: 'beta' }, { name: 'alpha' }] })
})

it.each(['/var/lib/rpm/', '/usr/lib/sysimage/rpm/', '/usr/share/rpm/'])('wants the database in %s', folder => {
  expect(rpmDatabase.wants(`${folder}rpmdb.sqlite`, 1)).toBe(true)
  expect(rpmDatabase.wants(`/srv${folder}rpmdb.sqlite`, 1)).toBe(false)
})

it.each([
  ['Packages.db', "is rpm's database in the format of ndb, which is not read"],
  ['Packages', "is rpm's database in the format of Berkeley DB, which is not read"],
  ['rpmdb.sqlite-wal', 'holds changes that are not in rpmdb.sqlite yet and are not read'],
])('says that %s is not read', (name, problem) => {
  const [probe] = rpmUnread.filter(one => one.wants(`/var/lib/rpm/${name}`, 1))
  const reader = probe?.begin(`/var/lib/rpm/${name}`, 1)
  expect(reader?.push(Buffer.of(1), 0)).toBe(Infinity)
  expect(reader?.end()).toBeUndefined()
  expect(reader?.problem).toContain(problem)
})

describe('a database', () => {
  const table = 'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)'
  const header = headerOf({ 1000: 'x', 1001: '1' })

  it('without packages has none', async () => {
    expect((await read(await database(table))).record).toEqual({ kind: 'rpm-database', packages: [] })
    expect((await read(await database(table, header))).record).toMatchObject({ packages: [{ name: 'x' }] })
  })

  const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS blob FROM n'
  it.each([
    ['no table', 'CREATE TABLE other (x)'],
    ['a view without an end', `CREATE VIEW Packages AS ${endless}`],
    ['a column that is computed', "CREATE TABLE Packages (x, blob AS (printf('%.*c', 9e8, 'x')))"],
    ['a virtual table', 'CREATE VIRTUAL TABLE Packages USING fts5(blob)'],
  ])('with %s in place of its packages is damaged', async (_, statements) => {
    const { record, problem } = await read(await database(statements))
    expect([record, problem]).toEqual([undefined, 'is no rpm-database that can be read: no table Packages'])
  })

  it('with a header that is none is damaged', async () => {
    const { record, problem } = await read(await database(table, header, header.subarray(0, 30)))
    expect(record).toBeUndefined()
    expect(problem).toMatch(/^is no rpm-database that can be read: a header of 30 bytes/)
  })

  it('that is none is damaged', async () => {
    expect((await read(Buffer.alloc(8192, 'no database '))).problem).toMatch(/^is no rpm-database .*not a database/)
    expect((await read(rpmdb('installed').subarray(0, 20_000))).problem).toMatch(/^is no rpm-database/)
    expect((await read(Buffer.of(1))).record).toBeUndefined()
  })

  it('with other bytes anywhere is read, or is damaged', async () => {
    const whole = rpmdb('installed')
    const place = fc.nat({ max: whole.length - 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(place, fc.nat({ max: 255 })), { maxLength: 300 }), async places => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of places) bytes[at] = byte
        const { record, problem } = await read(bytes)
        if (record === undefined) expect(problem).toMatch(/^is no rpm-database that can be read/)
        else expect(record.kind).toBe('rpm-database')
      }),
      { numRuns: 40 },
    )
  })
})
