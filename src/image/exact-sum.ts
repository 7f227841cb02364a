import { ImgauditError } from '../error.ts'

/** The sum of two sizes in bytes. Throws ARCHIVE_INVALID above 2^53, where numbers are no longer exact: a sparse file can
 *  claim any size, and no disk holds as much. */
export function exactSum(a: number, b: number): number {
  const sum = a + b
  if (Number.isSafeInteger(sum)) return sum
  const message = `its files claim more than ${Number.MAX_SAFE_INTEGER} bytes together`
  throw new ImgauditError('ARCHIVE_INVALID', message, 'build or copy the image again: no disk holds as much')
}
