import { expect, it } from 'vitest'
import { evidenceNotices } from '../../src/evidence/notices.ts'
import { examineWith, sharedLibrary } from '../binaries.ts'
import { image } from '../fixture.ts'

const wide = Array.from({ length: 22 }, (_, at) => `/opt/lib32/lib${String(at).padStart(2, '0')}.so`)

const fixture = image(
  {
    run: 'install',
    add: {
      '/lib/hidden.so': 90,
      '/lib/libodd.so': 100,
      ...Object.fromEntries(wide.map(path => [path, 100])),
    },
  },
  { run: 'rm /lib/hidden.so', remove: ['/lib/hidden.so'] },
)

it('names the files that could not be read, those alike at once, and none that is gone', async () => {
  const narrow = sharedLibrary({ unread: 'is a 32-bit ELF file' })
  const odd = sharedLibrary({ unread: 'is a damaged ELF file: it has no section headers where it says' })
  const insides = {
    '/lib/hidden.so': odd,
    '/lib/libodd.so': odd,
    ...Object.fromEntries(wide.map(path => [path, narrow])),
  }
  const notices = evidenceNotices(await examineWith(fixture, insides)).filter(({ code }) => code === 'binary-unread')
  expect(notices.map(({ message }) => message)).toEqual([
    '/lib/libodd.so is a damaged ELF file: it has no section headers where it says: not all of what is in it and of what it loads is known',
    `each of ${wide.slice(0, 20).join(', ')} and 2 more is a 32-bit ELF file: not all of what is in it and of what it loads is known`,
  ])
})
