import { archive, blocks, file, header, longName, pax } from '../../fixtures/tar/build.ts'

/** Something of everything, in few blocks. */
export const mixed = archive(
  pax({ comment: 'x' }, 'g'),
  header({ name: 'd/', flag: '5' }),
  file('d/empty', ''),
  longName('d/'.repeat(300)),
  file('d/short', 'x'.repeat(700)),
  pax({ path: 'd/pax', mtime: '1.5' }),
  file('d/other', 'y'.repeat(512)),
  header({ name: 'd/link', flag: '2', link: 'short' }),
  pax({
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'd/sparse',
    'GNU.sparse.realsize': '9999',
  }),
  header({ name: 'd/s', size: 1024 + 3 }),
  blocks('1\n4000\n515\n'),
  blocks(Buffer.alloc(512 + 3, 'z')),
)
