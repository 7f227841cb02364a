import { readFileSync } from 'node:fs'

/** The version of this package, from its own package.json: one folder above, in `src` and in `dist` alike. */
export const version: string = read()

function read(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version)
  throw new Error('package.json has no version')
}
