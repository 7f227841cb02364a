import { ImgauditError } from '../../error.ts'

/** An error of the last way that was tried, which then says why the ways before it had failed, each reason once. Errors
 *  that are none of imgaudit's stay as they are. */
export function withEarlier(error: unknown, earlier: readonly ImgauditError[]): unknown {
  if (!(error instanceof ImgauditError) || error.code === 'INTERRUPTED') return error
  const reasons = reasonsOf(earlier).filter(reason => !error.message.includes(reason))
  if (reasons.length === 0) return error
  return new ImgauditError(error.code, [error.message, ...reasons].join('; '), error.fix, { cause: error })
}

/** What failures say, without those whose words another one has. */
export function reasonsOf(failures: readonly ImgauditError[]): readonly string[] {
  const messages = [...new Set(failures.map(({ message }) => message))]
  return messages.filter(one => !messages.some(other => other !== one && other.includes(one)))
}
