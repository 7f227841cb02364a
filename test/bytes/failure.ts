import { ImgauditError } from '../../src/error.ts'

/** The error of an action that must fail, and fail as users may see it: one sentence, and a fix. */
export function failure(action: () => unknown): ImgauditError {
  try {
    action()
  } catch (error) {
    if (!(error instanceof ImgauditError)) throw error
    if (![error.message, error.fix].every(text => style.test(text))) throw new Error(`not for users: ${error.message}`)
    return error
  }
  throw new Error('it did not fail')
}

/** One line that goes on behind `layer 1 of 4: `: no capital, no full stop. */
const style = /^(?![A-Z])[^\n]*[^.\n]$/
