import { by, type Trap } from '../trap.ts'

const forms = 'traps/tar-forms.test.ts'
const header = 'tar/header.test.ts'

/** What goes wrong in a tar. */
export const tarTraps: readonly Trap[] = [
  {
    id: 'N5',
    trap: 'A hard link whose header says a size swallows the file behind it.',
    right: 'Links, folders, devices and pipes have no data, whatever their size says.',
    held: [
      ...by('traps/links.test.ts', 'a header without data > that says a size swallows nothing of the file behind it'),
      ...by('traps/links.test.ts', 'a header without data > may be all that an archive is made of'),
      ...by(header, 'types > of links, directories, devices and pipes have no data, whatever their size says'),
    ],
  },
  {
    id: 'N6',
    trap: 'An archive that is cut inside a file ends the process by an error that nobody was listening for.',
    right: 'Wherever it is cut or damaged there is one error, with what to do, and never half an image.',
    held: [
      ...by('traps/compression.test.ts', 'an archive that is cut anywhere > is one error, and never half an image'),
      ...by(
        'tar/read.test.ts',
        'a damaged archive > that was cut anywhere gives members of the whole or an error, and the same on every way',
      ),
      ...by(
        'tar/read.test.ts',
        'a damaged archive > never gives anything but a result or an error of ours, whatever bit flipped',
      ),
      ...by('source/bad-input.test.ts', 'every error is one of ours'),
    ],
  },
  {
    id: '12',
    trap: '`./a`, `/a`, `a`, `a/` and `../a` are five files, so that nothing hides anything.',
    right: 'A name is made absolute and clean, lexically; other bytes are another name, readable or not.',
    held: by(
      'traps/paths.test.ts',
      'one path, however it is spelt > %s',
      'one path, however it is spelt > %s deletes it',
      'one path, however it is spelt > is that of a folder with and without a slash at its end, and the root is a path like others',
      'one path, however it is spelt > is another one with other bytes in it, readable or not',
    ),
  },
  {
    id: '13',
    trap: 'A path that stands twice in one layer counts once, or the first entry wins.',
    right: 'The last entry is what the image shows; the bytes of the earlier ones are waste of that layer.',
    held: [
      ...by(
        'traps/paths.test.ts',
        'one path twice in one layer > is what the last entry says; the bytes of the first are waste of that layer',
      ),
      ...by('traps/paths.test.ts', 'one path twice in one layer > loses no file when it is a folder'),
      ...by(
        'image/filesystem.test.ts',
        'what lies over what > hides the earlier of two entries at one path of one layer',
      ),
    ],
  },
  {
    id: '15',
    trap: 'A sparse file has the size of what is stored of it, or its further headers break the reader.',
    right: 'Both numbers are kept: what programs see is the content, what the tar holds is part of its unpacked size.',
    held: [
      ...by(forms, 'a sparse file > of GNU tar has the size that programs see; the layer stores its parts'),
      ...by(forms, 'a sparse file > of PAX has its own name and size, in front of a map that is none of its bytes'),
      ...by('tar/sparse.test.ts', 'old GNU sparse files > go on in further headers, which are part of their span'),
      ...by(
        'tar/sparse.test.ts',
        'PAX sparse files > of format 1.0 may have a map of many blocks, numbers across them',
      ),
    ],
  },
  {
    id: '16',
    trap: 'A file of more than 8 GiB has no size, or the stale one of its header, and what follows is read out of its middle.',
    right: 'The PAX size goes first, then base-256, then octal; a size that is smuggled into a link is none.',
    held: [
      ...by(
        forms,
        'a size that the field of a header cannot hold, or is wrong about > is that of the PAX header, or base-256',
        'a size that the field of a header cannot hold, or is wrong about > is none of a link, whatever is smuggled in: what follows is not skipped',
        'a size that the field of a header cannot hold, or is wrong about > is over 8 GiB in an image whose layer is, too',
      ),
      ...by('tar/pax.test.ts', 'PAX headers > say the size where the header cannot, or lies'),
      ...by(header, 'sizes > that are negative, junk or beyond 2^53 are errors, but only where data follows'),
    ],
  },
  {
    id: '17',
    trap: 'A header without a magic number, of v7 and before POSIX, is refused.',
    right: 'It is known by its checksum, and a name with a slash at its end is a folder.',
    held: [
      ...by(forms, 'an old or odd header > of v7 makes a layer as any other'),
      ...by(header, 'types > of v7 are directories when the name ends with a slash'),
      ...by('bytes/sniff.test.ts', 'sniff > knows a v7 tar by its checksum, whatever its name looks like'),
    ],
  },
  {
    id: '18',
    trap: 'What stands behind the end of a tar, as the table of contents of eStargz does, becomes a file of the image, or no byte.',
    right: 'Files end where the tar does; all that follows is read for the digest and is part of the unpacked size.',
    held: [
      ...by(
        'traps/estargz.test.ts',
        'a layer for lazy pulling > has a table of contents behind its end, which is no file of the image and part of its size',
      ),
      ...by(
        'traps/estargz.test.ts',
        'what follows the end of a tar > is junk, or zeros up to a full record: it counts, and is nothing else',
      ),
      ...by('tar/read.test.ts', 'the end of an archive > is two blocks of zeros; what follows is no part of it'),
      ...by(
        'image/stored-shares.test.ts',
        "the share of the blob that each entry costs > counts what is behind the last entry as nobody's",
      ),
    ],
  },
  {
    id: '20',
    trap: 'A tar behind a tar, as `cat a.tar b.tar` makes it, adds files that no engine unpacks.',
    right: 'The first end is the end; the second tar has its bytes in the unpacked size and in nothing else.',
    held: by(
      'traps/estargz.test.ts',
      'what follows the end of a tar > is another tar, as cat makes one: it counts, and its files are none of the image',
    ),
  },
  {
    id: '35',
    trap: 'A global or an empty PAX header, a NUL in a path, a name that is no UTF-8 or a time before 1970 ends the audit.',
    right: 'What nothing rests on is read as the engines read it, or passed over; two odd names never become one.',
    held: [
      ...by(
        forms,
        'an old or odd header > that holds for all, or says nothing, is passed over',
        'an old or odd header > with a NUL in a path, bytes that are no UTF-8, a time before 1970, gives an entry all the same',
        'an old or odd header > has owners that no field of eight digits holds',
      ),
      ...by(
        'tar/pax.test.ts',
        'global PAX headers > hold for nothing, as for the engines, and count for the next member',
      ),
      ...by('tar/pax.test.ts', 'PAX headers > ignore junk where nothing rests on it'),
    ],
  },
  {
    id: '36',
    trap: 'Extended attributes are counted as bytes of the file that has them.',
    right: 'They stand in headers: the layer is larger for them, and the file is not.',
    held: by(forms, 'an old or odd header > with attributes is larger, and the file is not'),
  },
]
