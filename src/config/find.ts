import { lstat, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { ImgauditError } from '../error.ts'

/** Where a configuration is. */
export interface ConfigurationFile {
  readonly path: string
  /** As a person names it. */
  readonly name: string
  /** Of package.json it is one key. */
  readonly within: readonly string[]
}

export const fileNames = ['imgaudit.config.yaml', 'imgaudit.config.yml', 'imgaudit.config.json'] as const

/** The configuration of a working folder: its own, else that of the nearest folder above, up to the root of the repository.
 *  Throws CONFIG_INVALID where a folder has two. */
export async function findConfiguration(cwd: string): Promise<ConfigurationFile | undefined> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const [found, other] = await configurationsIn(folder, cwd)
    if (found !== undefined && other !== undefined) {
      throw new ImgauditError(
        'CONFIG_INVALID',
        `there are two configurations, ${found.name} and ${other.name}`,
        `leave one, or name one with --config ${found.name}`,
      )
    }
    if (found !== undefined || dirname(folder) === folder || (await isThere(join(folder, '.git')))) return found
  }
}

/** Every configuration in one folder. */
export async function configurationsIn(folder: string, cwd: string): Promise<ConfigurationFile[]> {
  const found: ConfigurationFile[] = []
  for (const name of fileNames) {
    const path = join(folder, name)
    if (await isThere(path)) found.push(fileAt(path, relative(cwd, path)))
  }
  const manifest = join(folder, 'package.json')
  if (await hasKey(manifest, relative(cwd, manifest))) found.push(fileAt(manifest, relative(cwd, manifest)))
  return found
}

/** A configuration by its name: of a package.json its key. */
export function fileAt(path: string, name: string): ConfigurationFile {
  return { path, name, within: basename(path) === 'package.json' ? [key] : [] }
}

const key = 'imgaudit'

async function hasKey(path: string, name: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '')
  // Most have no word of it; those that have it cannot be passed over when they are broken.
  if (!text.includes(`"${key}"`)) return false
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof manifest === 'object' && manifest !== null && Object.hasOwn(manifest, key)
  } catch (cause) {
    const message = `${name} may have a configuration, but is not JSON`
    throw new ImgauditError('CONFIG_INVALID', message, 'mend it, or read no configuration with --no-config', { cause })
  }
}

/** Also a link that leads nowhere: it is told, not passed over. */
async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
