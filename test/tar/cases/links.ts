import { archive, blocks, file, header, longName, pax } from '../../../fixtures/tar/build.ts'
import type { Case } from './case.ts'

const next = file('next', 'x')
const inside = header({ name: 'inside' })

/* Why others differ. */
const linkData =
  'it skips what the size says; behind a link there is no data for Go, and the engines unpack the member that stands there'
const linkBody = 'it skips the content; to Go it is no header, and the engines refuse the archive'
const paxFirst = 'it lets PAX go first, we and Go the GNU name: the engines unpack the file there'
const emptyName = 'it empties the name; to Go an empty value leaves the field of the header'

export const links: readonly Case[] = [
  {
    name: 'a hard link before its target',
    bytes: archive(header({ name: 'n', flag: '1', link: 'next' }), next),
    ours: ['hardlink 0 n -> next', 'file 1 next'],
  },
  {
    name: 'a hard link to itself, and one to nowhere',
    bytes: archive(header({ name: 'n', flag: '1', link: 'n' }), header({ name: 'm', flag: '1', link: 'gone' })),
    ours: ['hardlink 0 n -> n', 'hardlink 0 m -> gone'],
  },
  {
    name: 'a hard link with a size, and no data',
    bytes: archive(file('t', 'x'), header({ name: 'n', flag: '1', link: 't', size: 512 }), inside, next),
    ours: ['file 1 t', 'hardlink 0 n -> t', 'file 0 inside', 'file 1 next'],
    'tar-stream': { says: ['file 1 t', 'hardlink 0 n -> t', 'file 1 next'], because: linkData },
  },
  {
    name: 'a hard link with a size in PAX, and no data',
    bytes: archive(pax({ size: '512' }), header({ name: 'n', flag: '1', link: 't' }), inside, next),
    ours: ['hardlink 0 n -> t', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['hardlink 0 n -> t', 'file 1 next'], because: linkData },
    libarchive: { says: ['hardlink 0 n -> t', 'file 1 next'], because: linkData },
    'tar-stream': { says: ['hardlink 0 n -> t', 'file 1 next'], because: linkData },
  },
  {
    name: 'a hard link with its data, as POSIX allows',
    bytes: archive(pax({ path: 'n' }), header({ name: 'n', flag: '1', link: 't', size: 5 }), blocks('hello'), next),
    ours: ['hardlink 0 n -> t', 'error CHECKSUM_WRONG at 1536'],
    'GNU tar': {
      says: ['hardlink 0 n -> t', 'file 1 next', 'error'],
      because:
        'it looks for the next header, and goes on; what it lost is members of the layer, and Go refuses the archive',
    },
    libarchive: { says: ['hardlink 0 n -> t', 'file 1 next'], because: linkBody },
    Python: {
      says: ['hardlink 0 n -> t'],
      because: 'it ends in silence; members are lost, and Go refuses the archive',
    },
    'tar-stream': { says: ['hardlink 0 n -> t', 'file 1 next'], because: linkBody },
  },
  {
    name: 'a symlink with a size, and no data',
    bytes: archive(header({ name: 'n', flag: '2', link: 't', size: 512 }), inside, next),
    ours: ['symlink 0 n -> t', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['symlink 0 n -> t', 'file 1 next'], because: linkData },
    'tar-stream': { says: ['symlink 0 n -> t', 'file 1 next'], because: linkData },
  },
  {
    name: 'a folder with a size, and no data',
    bytes: archive(header({ name: 'd/', flag: '5', size: 512 }), inside, next),
    ours: ['directory 0 d', 'file 0 inside', 'file 1 next'],
  },
  {
    name: 'a device with a size, and no data',
    bytes: archive(header({ name: 'n', flag: '3', size: 512 }), inside, next),
    ours: ['device 0 n', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['device 0 n', 'file 1 next'], because: linkData },
    'tar-stream': { says: ['device 0 n', 'file 1 next'], because: linkData },
  },
  {
    name: 'a pipe with a size, and no data',
    bytes: archive(header({ name: 'n', flag: '6', size: 512 }), inside, next),
    ours: ['fifo 0 n', 'file 0 inside', 'file 1 next'],
    'GNU tar': { says: ['fifo 0 n', 'file 1 next'], because: linkData },
    'tar-stream': { says: ['fifo 0 n', 'file 1 next'], because: linkData },
  },
  {
    name: 'a link name in GNU and in PAX',
    bytes: archive(longName('gnu', 'K'), pax({ linkpath: 'pax' }), header({ name: 'n', flag: '2', link: 'h' }), next),
    ours: ['symlink 0 n -> gnu', 'file 1 next'],
    'GNU tar': { says: ['symlink 0 n -> pax', 'file 1 next'], because: paxFirst },
    'tar-stream': { says: ['symlink 0 n -> pax', 'file 1 next'], because: paxFirst },
  },
  {
    name: 'an empty link name in GNU and in PAX',
    bytes: archive(longName('', 'K'), pax({ linkpath: '' }), header({ name: 'n', flag: '2', link: 'h' }), next),
    ours: ['symlink 0 n -> h', 'file 1 next'],
    'GNU tar': { says: ['symlink 0 n', 'file 1 next'], because: emptyName },
    libarchive: { says: ['symlink 0 n', 'file 1 next'], because: emptyName },
    Python: { says: ['symlink 0 n', 'file 1 next'], because: emptyName },
  },
  {
    name: 'a link name that a file has',
    bytes: archive(file('n', 'x', { link: 't' }), next),
    ours: ['file 1 n', 'file 1 next'],
    'tar-stream': {
      says: ['file 1 n -> t', 'file 1 next'],
      because: 'it says the field of any member; it means something for links alone',
    },
  },
]
