import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { codeOf, reasonOf } from '../../src/bytes/reason.ts'
import { ImgauditError } from '../../src/error.ts'

function thrown(): unknown {
  try {
    return readFileSync('/')
  } catch (error) {
    return error
  }
}

it('is what the system said, without its code and the call', () => {
  expect(reasonOf(thrown())).toBe('illegal operation on a directory')
  expect(reasonOf(new Error('ENOSPC: no space left on device, write'))).toBe('no space left on device')
})

it('is the message of any other error, and else whatever was thrown', () => {
  expect(reasonOf(new Error('a, b'))).toBe('a, b')
  expect(reasonOf('gone')).toBe('gone')
})

it('has a code where it is the system’s, which our own errors are not', () => {
  expect(codeOf(thrown())).toBe('EISDIR')
  expect(codeOf(new ImgauditError('LIMIT', 'a', 'b'))).toBeUndefined()
  for (const error of [new Error('a'), { code: 'ENOENT' }, 'ENOENT', undefined]) expect(codeOf(error)).toBeUndefined()
})
