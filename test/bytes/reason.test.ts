import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { reasonOf } from '../../src/bytes/reason.ts'

it('is what the system said, without its code and the call', () => {
  const thrown = () => {
    try {
      return readFileSync('/')
    } catch (error) {
      return error
    }
  }
  expect(reasonOf(thrown())).toBe('illegal operation on a directory')
  expect(reasonOf(new Error('ENOSPC: no space left on device, write'))).toBe('no space left on device')
})

it('is the message of any other error, and else whatever was thrown', () => {
  expect(reasonOf(new Error('a, b'))).toBe('a, b')
  expect(reasonOf('gone')).toBe('gone')
})
