import type { Format } from '../../bytes/sniff.ts'
import { ImgauditError } from '../../error.ts'

const saveIt = 'save the image instead: docker save <image> -o image.tar, then imgaudit image.tar'
const rootFolders: ReadonlySet<string> = new Set(
  ['bin', 'boot', 'dev', 'etc', 'home', 'lib', 'lib64', 'media', 'mnt', 'opt', 'proc'].concat([
    'root',
    'run',
    'sbin',
    'srv',
    'sys',
    'tmp',
    'usr',
    'var',
  ]),
)

/** Tells a tar that is no image archive by the names in it: a root file system, one layer, or something else. */
export class FileTree {
  readonly #folders = new Set<string>()
  #exported = false
  #whiteout = false

  /** `name` without `./` or `/` in front. */
  add(name: string): void {
    const slash = name.indexOf('/')
    const first = slash < 0 ? name : name.slice(0, slash)
    if (rootFolders.has(first)) this.#folders.add(first)
    if (name === '.dockerenv' || name === '.dockerinit' || name === 'run/.containerenv') this.#exported = true
    if (name.startsWith('.wh.') || name.includes('/.wh.')) this.#whiteout = true
  }

  /** Whether what came so far is a file system, so that what follows need not be looked into. */
  get isFileTree(): boolean {
    return this.#exported || this.#folders.size >= 3
  }

  /** The error for an archive in which no image was found. */
  error(reference: string): ImgauditError {
    if (this.#whiteout) {
      const message = `${reference} is one layer of an image: it has whiteouts, but no manifest and no configuration`
      return new ImgauditError('BARE_LAYER', message, saveIt)
    }
    if (this.isFileTree) {
      const message = `${reference} is a root file system, as docker export writes it: the layers of the image are lost`
      return new ImgauditError('ROOT_FILESYSTEM', message, saveIt)
    }
    if (this.#folders.size > 0) {
      const message = `${reference} is one layer of an image, or some other folder: it has no manifest and no configuration`
      return new ImgauditError('BARE_LAYER', message, saveIt)
    }
    const message = `${reference} is a tar, but no image: it has no index.json, manifest.json or repositories`
    return new ImgauditError('NOT_AN_IMAGE', message, saveIt)
  }
}

/** The error for bytes that are no tar; `inside` says that they were compressed. */
export function notAnArchive(reference: string, format: Format, inside?: 'gzip' | 'zstd'): ImgauditError {
  if (format === 'xz' || format === 'bzip2') return compressionUnknown(reference, format)
  if (format === 'empty' && inside === undefined) {
    const pipe = 'give it an archive, for example: docker save <image> | imgaudit -'
    return new ImgauditError('NOT_AN_IMAGE', `${reference} is empty`, pipe)
  }
  const compressed = inside === undefined ? '' : `, compressed with ${inside}`
  const what = format === 'json' ? 'JSON' : format === 'empty' ? 'empty' : 'no tar'
  return new ImgauditError('NOT_AN_IMAGE', `${reference} is no image archive: it is ${what}${compressed}`, saveIt)
}

function compressionUnknown(reference: string, format: 'xz' | 'bzip2'): ImgauditError {
  return new ImgauditError(
    'COMPRESSION_UNKNOWN',
    `${reference} is compressed with ${format}; images use gzip or zstd`,
    `decompress it first: ${format} -dc <file> | imgaudit -`,
  )
}

/** The error for a layer whose blob is compressed in a way that no engine pulls. */
export function blobCompressionUnknown(format: 'xz' | 'bzip2'): ImgauditError {
  return new ImgauditError(
    'COMPRESSION_UNKNOWN',
    `its blob is compressed with ${format}; images use gzip or zstd`,
    'write it anew: skopeo copy --dest-compress-format gzip <image> oci:<folder>',
  )
}
