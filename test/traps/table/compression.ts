import { by, type Trap } from '../trap.ts'

const here = 'traps/compression.test.ts'

/** What goes wrong while bytes are inflated. */
export const compressionTraps: readonly Trap[] = [
  {
    id: 'N1',
    trap: 'Node’s own zstd stops behind the first frame of a stream and reports success: most of a layer is gone.',
    right: 'All frames are read, skippable and empty ones among them, and the layer has the digest that names it.',
    held: [
      ...by(here, 'a layer of several frames > of zstd is read to its end: %s'),
      ...by('bytes/zstd.test.ts', 'zstd > inflates, or names the fault of: $name'),
      ...by(
        'image/stored-shares.test.ts',
        'the share of the blob that each entry costs > and zstd of any level, of several frames, skippable ones among them',
      ),
    ],
  },
  {
    id: 'N2',
    trap: 'A gzip stream of several members, as pigz and eStargz write it, is cut at the first boundary.',
    right: 'All members are read; zeros behind the last are padding, and anything else there is an error.',
    held: [
      ...by(
        here,
        'a layer of several frames > of gzip is read to its end: %s',
        'a layer that ends too early > has junk behind it, behind zeros too: that is none of it',
      ),
      ...by('bytes/gzip.test.ts', 'gzip > inflates several members, empty ones among them'),
      ...by('bytes/gzip.test.ts', 'gzip > is an error with junk behind the end, behind zeros too'),
    ],
  },
  {
    id: 'N3',
    trap: 'A stream that is cut in its second frame, or exactly between two, is taken for a smaller layer.',
    right: 'What is cut is an error, and what only looks whole has another digest than the one that names it.',
    held: [
      ...by(
        here,
        'a layer that ends too early > inside the second frame of zstd, at %d, is cut',
        'a layer that ends too early > where a frame of %s and an entry of the tar end is not the layer that its digest names',
      ),
      ...by('bytes/gzip.test.ts', 'gzip > is an error when it is cut, anywhere'),
    ],
  },
  {
    id: 'N4',
    trap: 'A zstd decoder in plain JavaScript takes three times as long, and passes content whose checksum is wrong.',
    right: 'zstd’s own decoder is used, compiled, in a thread where streams are large; its checksums are checked.',
    held: [
      ...by('bytes/zstd.test.ts', 'zstd > inflates, or names the fault of: $name'),
      ...by('bytes/zstd.test.ts', 'zstd > inflates ten thousand times its input, in bounded steps'),
      ...by(
        'bytes/threaded-zstd.test.ts',
        'zstd in a thread > is where large streams are inflated, and small ones are not',
      ),
    ],
  },
  {
    id: '32',
    trap: 'A layer that unfolds to a thousand times its blob fills the memory, or is refused although stubs of CUDA do so.',
    right:
      'Bytes pass in bounded steps, and what ends them is an absolute limit that the user can move, never a ratio alone.',
    held: [
      ...by(
        'limits/bombs.test.ts',
        'compressed layers > of %s end where they unpack to more than is allowed, and 20 times their own length',
        'compressed layers > of %s that are well compressible are read under the usual limits',
      ),
      ...by(
        'traps/bombs.test.ts',
        'a layer of more than 2 GiB, a thousand times smaller as it is stored, is read whole in little memory',
      ),
      ...by('bytes/inflate.test.ts', 'inflater > keeps the memory of a gzip bomb bounded'),
      ...by('bytes/zstd.test.ts', 'zstd > inflates ten thousand times its input, in bounded steps'),
    ],
  },
  {
    id: '33',
    trap: 'A fixed limit of 2 GB, or a buffer that holds no more, turns layers of real machine learning images away.',
    right:
      'No size is too large unless the user says so: a layer of more than 2 GiB passes, one of 9 GiB is sought over.',
    held: [
      ...by(
        'traps/bombs.test.ts',
        'a layer of more than 2 GiB, a thousand times smaller as it is stored, is read whole in little memory',
      ),
      ...by(
        'traps/tar-forms.test.ts',
        'a size that the field of a header cannot hold, or is wrong about > is over 8 GiB in an image whose layer is, too',
      ),
    ],
  },
]
