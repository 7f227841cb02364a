import { recordProbe } from './collect.ts'
import type { PipInstaller } from './package-record.ts'

/** Reads who installed a package (PEP 376, INSTALLER): one line, `pip`, `uv`, `conda` or `poetry 1.8.2`. */
export function parsePipInstaller(text: string): PipInstaller | undefined {
  const installer = text.trim()
  return installer === '' || installer.includes('\n') ? undefined : { kind: 'pip-installer', installer }
}

/** `*.dist-info/INSTALLER`. */
export const pipInstaller = recordProbe({
  id: 'pip-installer',
  wants: path => path.endsWith('.dist-info/INSTALLER'),
  parse: parsePipInstaller,
  limit: 64 * 1024,
})
