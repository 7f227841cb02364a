import { by, type Trap } from '../trap.ts'

const archives = 'traps/archives.test.ts'
const indexes = 'traps/indexes.test.ts'
const origins = 'traps/origins.test.ts'

/** What goes wrong with archives, manifests and configurations. */
export const imageTraps: readonly Trap[] = [
  {
    id: '21',
    trap: 'The empty layer, 32 bytes of gzip (sha256:4f4fb700ef54…), ends the audit or is left out.',
    right: 'It is a layer like others, with no entries.',
    held: by(
      'traps/compression.test.ts',
      'the empty layer > %s has no entries, and is no error',
      'the empty layer > may have no bytes at all',
    ),
  },
  {
    id: '22',
    trap: 'History has fewer lines than there are layers (nix, bazel, kaniko, buildah), and every instruction is off by one.',
    right: 'Layers are the truth: where the numbers differ the instruction is unknown, never the neighbour’s.',
    held: by(
      origins,
      'history that is not that of the layers > leaves every instruction unknown, and shifts none: %s',
      'history that is not that of the layers > is that of each layer where the numbers agree',
      'history that is not that of the layers > may have lines that say nothing: those alone are unknown',
    ),
  },
  {
    id: '23',
    trap: 'Of an index the first entry is taken: an attestation, or a platform whose blobs are not there; null ends it all.',
    right:
      'Images that are there are chosen from by platform, through any depth; attestations are none, null is an empty list.',
    held: [
      ...by(
        indexes,
        'an index > that lists twenty platforms, one of which is there, is that image',
        'an index > that lists more than it holds of one platform is what it holds, or the other platform that it does',
        'an index > that marks something as said about an image has one image less, whatever that looks like',
        'an index > that has an attestation beside the image is one image, marked or not',
        'an index > in an index in an index is followed; null where a list should be is an empty one',
        'an index > none of whose images is there names the blob that is missing',
      ),
      ...by(
        archives,
        'archives of other writers > Docker 25, of an image saved by its ID: index.json has manifests: null',
      ),
      ...by('source/oci.test.ts', 'platforms > a flat index of one image, attestation and referrers beside it'),
      ...by('source/oci.test.ts', 'damage > an index that holds itself'),
    ],
  },
  {
    id: '24',
    trap: 'Docker 29 saves an index in an index and compressed blobs, where a tool expects one manifest and plain tars.',
    right: 'Every generation of `docker save` gives the same layers.',
    held: [...by(archives, 'archives of other writers > %s'), ...by('source/archive.test.ts', '%s > %s')],
  },
  {
    id: '25',
    trap: 'Media types are believed: a gzip blob under that of a plain tar is no tar, and zstd under Docker’s is unknown.',
    right: 'The first bytes of a blob say what it is; its media type is a hint.',
    held: by(indexes, 'a media type > is a hint alone: %s'),
  },
  {
    id: '26',
    trap: 'The ending of a file’s name is believed.',
    right: 'Its first bytes say what it is.',
    held: [
      ...by(
        archives,
        'what compresses an archive or a layer > is not told by the name %s',
        'what compresses an archive or a layer > is not told by the name of a layer: layer.tar is gzip, layer.tar.gz is none',
      ),
      ...by('source/archive.test.ts', 'the kind of an archive is told by what is in it'),
    ],
  },
  {
    id: '27',
    trap: 'Of an archive with several images the first is audited, whichever was meant.',
    right: 'They are listed, and one has to be chosen.',
    held: [
      ...by(archives, 'several images in one archive > are listed, and none is taken for the one that was meant'),
      ...by(archives, 'several images in one archive > are chosen from: %s'),
      ...by('source/oci.test.ts', 'several images > are chosen from by tag; two tags of one image are one'),
    ],
  },
  {
    id: '28',
    trap: 'A layer that is a link to another one in the archive is empty, or is looked for on this machine.',
    right: 'Links are followed within the archive; one that leads nowhere, around or out of it is a missing layer.',
    held: [
      ...by(archives, 'a layer that is a link to another one > is that one: %s'),
      ...by(archives, 'a layer that is a link to another one > is missing when it leads %s'),
      ...by('source/archive.test.ts', 'hard links of an archive are followed, circles are not'),
    ],
  },
  {
    id: '29',
    trap: 'An archive of kaniko, with its configuration called `sha256:…` and `*.tar.gz` at the root, is none.',
    right: 'It is read as any other, compressed layers and all.',
    held: [...by(archives, 'archives of other writers > %s'), ...by('source/archive.test.ts', '%s > %s')],
  },
  {
    id: '30',
    trap: 'An image of Windows is half read, or fails for a blob that its licence keeps out of it.',
    right: 'It is named as what it is, in one error; beside one of Linux it is no hindrance.',
    held: [
      ...by(
        origins,
        'an image of Windows > is called that, whatever else it lacks: blobs of its foreign base, diff IDs',
        'an image of Windows > beside one of Linux is no hindrance',
        'an image of Windows > has what an image of Linux may have: a foreign layer without its blob is named, not passed over',
      ),
      ...by(
        'image/config.test.ts',
        'fields are those that Go reads: in either case, the last of several, null changes nothing',
      ),
    ],
  },
  {
    id: '31',
    trap: 'One number called size: of blobs, of tars, of files, or, as Docker now counts, of blobs and files together.',
    right: 'Each has its name and all of its digits; what is not known is not made up.',
    held: by(
      'traps/sizes.test.ts',
      'a size > is three or four, each with its name and all of its digits',
      'a size > stands under its name in JSON, and nowhere without one',
      'a size > of blobs is not known of an archive that holds none, and is then not made up',
      'a size > of a pull counts a blob once, however often its layer stands in the image',
    ),
  },
  {
    id: '34',
    trap: 'The base is taken for the lowest layer, or guessed.',
    right:
      'It is compared by diff IDs, or told; what history suggests is called that, and where nothing does it is unknown.',
    held: [
      ...by(
        'traps/base.test.ts',
        'a base of several layers > is all of them, by their diff IDs: only what lies above is the user’s',
        'a base of several layers > may be told by their number',
        'a base of several layers > is no base where the first layers differ, or are too many',
        'a base of several layers > is called a guess where the image alone suggests it',
        'a base of several layers > is not guessed where nothing tells: null, which is neither',
      ),
      ...by(
        'evidence/base.test.ts',
        'what came with FROM > is the root file system, through the layer that first writes os-release',
      ),
    ],
  },
]
