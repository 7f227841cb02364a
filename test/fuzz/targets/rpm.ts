import { Budget } from '../../../src/probe/budget.ts'
import { rpmPackage } from '../../../src/probe/rpm/package.ts'
import { rpmDatabase } from '../../../src/probe/rpm-database.ts'
import { pushed } from '../../probe/read.ts'
import { headerOf } from '../../probe/rpm/fixture.ts'
import { rpmDatabase as databaseAfter } from '../seeds.ts'
import type { Target } from '../target.ts'

const path = '/var/lib/rpm/rpmdb.sqlite'

/** rpm's database of SQLite: a record, or a problem. */
export const rpmSqlite: Target = {
  name: 'rpm-sqlite',
  seeds: () => [databaseAfter('installed'), databaseAfter('erased')],
  pieces: ['SQLite format 3\0', 'CREATE TABLE Packages', 'Packages', 'blob', 'hnum'],
  runs: 15,
  async read(bytes) {
    const reader = pushed(rpmDatabase, path, bytes)
    const record = await reader.end()
    if (record === undefined && !/^is /.test(reader.problem ?? '')) throw new Error(`the problem is: ${reader.problem}`)
  },
}

/** One package's header, whose RangeError the database's reader takes for damage. */
export const rpmHeader: Target = {
  name: 'rpm-header',
  seeds: () => [
    headerOf({
      1000: 'bash',
      1001: '5.2',
      1002: '1.el9',
      1003: [1],
      1022: 'x86_64',
      1047: ['bash', 'config(bash)'],
      1049: ['libc.so.6()(64bit)', '(a >= 1 or (b if c))', 'rpmlib(x)'],
      1116: [0, 1, 0],
      1117: ['a', 'b', 'c'],
      1118: ['/usr/bin/', '/etc/'],
      1030: [0o100755, 0o100644, 0o040755],
    }),
  ],
  pieces: ['(', ')', ' or ', ' if ', ' >= ', 'rpmlib(', '/', '\0'],
  runs: 300,
  read(bytes) {
    try {
      rpmPackage(bytes, new Budget())
    } catch (error) {
      if (!(error instanceof RangeError) || /call stack/.test(error.message)) throw error
    }
  },
}
