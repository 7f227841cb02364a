import { laterRecordProbe, refusal } from './collect.ts'

// rpm's own default, that of Fedora and SUSE, and that of rpm-ostree.
const folders = new Set(['/var/lib/rpm/', '/usr/lib/sysimage/rpm/', '/usr/share/rpm/'])

function wants(file: string): (path: string) => boolean {
  return path => path.endsWith(file) && folders.has(path.slice(0, -file.length))
}

/** rpm's database where SQLite keeps it: rpm 4.16 and later, by default. */
export const rpmDatabase = laterRecordProbe({
  id: 'rpm-database',
  wants: wants('rpmdb.sqlite'),
  // Its library is read when there is such a database, and only then.
  read: async bytes => (await import('./rpm/database.ts')).readRpmDatabase(bytes),
})

/** What of rpm is not read, and is said so: its other databases, and changes that are not in the database yet. */
export const rpmUnread = [
  refusal('rpm-ndb', wants('Packages.db'), unread('ndb')),
  refusal('rpm-berkeley-db', wants('Packages'), unread('Berkeley DB')),
  refusal(
    'rpm-write-ahead-log',
    wants('rpmdb.sqlite-wal'),
    'holds changes that are not in rpmdb.sqlite yet and are not read: rpm packages may be missing, or of an older version',
  ),
]

function unread(format: string): string {
  return `is rpm's database in the format of ${format}, which is not read: what its packages own counts by folder`
}
