import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellWord, shellWords } from '../../src/rule/dockerfile.ts'

test('plain paths stand in commands as they are', () => {
  expect(shellWords(['/opt/app/libz.so.1.2', '/usr/lib/g++-12'])).toBe('/opt/app/libz.so.1.2 /usr/lib/g++-12')
})

test('a shell reads every name as itself, and runs none', () => {
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('$(touch x)', "it's", '`id`', 'a b', '*', '; rm'))
  fc.assert(
    fc.property(
      name.filter(text => !text.includes('\0')),
      text => {
        const said = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })
        expect(said).toBe(text)
      },
    ),
    { numRuns: 60 },
  )
})
