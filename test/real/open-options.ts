import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import type { AuditOptions } from '../../src/audit.ts'
import type { OpenOptions } from '../../src/source/source.ts'

/** Options of a run that has nothing around it: no home, no configuration, nothing on standard input. */
export function openOptions(options: Partial<OpenOptions> = {}): OpenOptions {
  return {
    pull: 'never',
    verify: false,
    layerStore: true,
    env: {},
    cwd: tmpdir(),
    homedir: tmpdir(),
    stdin: Readable.from([]),
    ...options,
  }
}

/** The same for a whole audit, which reads all anew unless told. */
export function auditOptions({ cache = false, ...options }: Partial<AuditOptions> = {}): AuditOptions {
  return { ...openOptions(options), cache }
}
