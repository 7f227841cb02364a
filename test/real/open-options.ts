import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import type { OpenOptions } from '../../src/source/source.ts'

/** Options of a run that has nothing around it: no home, no configuration, nothing on standard input. */
export function openOptions(options: Partial<OpenOptions> = {}): OpenOptions {
  return {
    pull: 'never',
    verify: false,
    env: {},
    cwd: tmpdir(),
    homedir: tmpdir(),
    stdin: Readable.from([]),
    ...options,
  }
}
