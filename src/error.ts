/** What went wrong, as a closed set: callers decide by code, never by text. */
export type ErrorCode =
  | 'USAGE' // the command line or an option cannot be used as given
  | 'CONFIG_INVALID' // a configuration file
  | 'OUTPUT_FAILED' // an output file cannot be written
  | 'CACHE_FAILED' // the folder of the layer cache cannot be listed or emptied
  | 'REPORT_MISSING' // no file is where a stored report should be
  | 'REPORT_INVALID' // a file that is no report
  | 'REPORT_NEWER' // a report of a later schema
  | 'RULE_UNKNOWN'
  | 'PATH_UNKNOWN' // no layer of the image has it
  | 'BASE_MISMATCH' // --base is not what the image was built on
  | 'REFERENCE_UNKNOWN' // nothing recognises the reference
  | 'IMAGE_MISSING' // the engine or registry does not have it
  | 'IMAGE_AMBIGUOUS' // an archive with several images and no choice
  | 'PLATFORM_MISSING'
  | 'ENGINE_UNREACHABLE'
  | 'ENGINE_DENIED' // no permission on the socket
  | 'ENGINE_FAILED' // the engine answered with an error, or stopped half-way
  | 'ENGINE_SILENT' // the engine said nothing for longer than it may
  | 'STORE_UNREADABLE' // what an engine keeps on its disk is not there, may not be read, or has changed
  | 'NOT_AN_IMAGE'
  | 'ROOT_FILESYSTEM' // a docker export: files, but no layers
  | 'BARE_LAYER'
  | 'WINDOWS_IMAGE'
  | 'FILE_UNREADABLE'
  | 'ARCHIVE_TRUNCATED'
  | 'ARCHIVE_INVALID'
  | 'CHECKSUM_WRONG' // a tar header, gzip or zstd checksum
  | 'DIGEST_MISMATCH'
  | 'COMPRESSION_UNKNOWN'
  | 'BLOB_MISSING'
  | 'MEDIA_TYPE_UNSUPPORTED'
  | 'MANIFEST_INVALID'
  | 'LAYER_COUNT' // layers and diff IDs differ in number
  | 'LIMIT' // a limit that a flag lifts
  | 'INTERRUPTED'

const usage: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'USAGE',
  'CONFIG_INVALID',
  'OUTPUT_FAILED',
  'CACHE_FAILED',
  'RULE_UNKNOWN',
  'PATH_UNKNOWN',
  'BASE_MISMATCH',
])

/** The one error of imgaudit: a code, what happened with the value, and what to type or change. */
export class ImgauditError extends Error {
  readonly code: ErrorCode
  readonly fix: string

  constructor(code: ErrorCode, message: string, fix: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ImgauditError'
    this.code = code
    this.fix = fix
  }

  /** Process exit code: 2 usage or configuration, 130 interrupted, 3 the image could not be read. */
  get exitCode(): 2 | 3 | 130 {
    if (this.code === 'INTERRUPTED') return 130
    return usage.has(this.code) ? 2 : 3
  }
}
