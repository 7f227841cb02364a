import { ImgauditError } from '../../src/error.ts'

/** The error of an action that must fail, and fail as users may see it: one sentence, and a fix. */
export function failure(action: () => unknown): ImgauditError {
  try {
    action()
  } catch (error) {
    if (!(error instanceof ImgauditError)) throw error
    if (!/^[^\n]+\.$/.test(error.message) || error.fix === '') throw new Error(`not for users: ${error.message}`)
    return error
  }
  throw new Error('it did not fail')
}
