import { type ErrorCode, ImgauditError } from '../error.ts'

const fix: Partial<Record<ErrorCode, string>> = {
  ARCHIVE_TRUNCATED: 'write or copy the archive again to its end, then check it with: tar -tf <archive>',
  ARCHIVE_INVALID: 'check the archive with: tar -tvf <archive>; if tar reads it, report this to imgaudit',
  CHECKSUM_WRONG: 'the archive is damaged: write or copy it again, then check it with: tar -tf <archive>',
}

/** An error of a tar archive; `message` names the offset in the archive, in bytes. */
export function fault(
  code: 'ARCHIVE_TRUNCATED' | 'ARCHIVE_INVALID' | 'CHECKSUM_WRONG',
  message: string,
): ImgauditError {
  return new ImgauditError(code, message, fix[code] ?? '')
}
