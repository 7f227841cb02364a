import type { Evidence } from '../evidence/evidence.ts'
import { baseName, cleanPath } from '../image/path.ts'

/** Where to look for caches: folders that users and variables have for them. */
export interface CachePlaces {
  /** `.cache` of every user and of every other folder, and what XDG_CACHE_HOME names. */
  readonly homes: readonly string[]
  /** Folders that a variable of the image names, in any case of its letters (npm takes both). */
  named(variable: string): string[]
  /** Folders with this name, anywhere. */
  folders(name: string): readonly string[]
  /** Names directly in a folder. */
  names(folder: string): string[]
}

/** The caches' places of one image. */
export function cachePlaces({ image, filesystem }: Evidence): CachePlaces {
  const { env } = image.config
  const home = env.get('HOME') || '/root'
  const absolute = (value: string) => cleanPath(value.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, home))
  const named = (variable: string) =>
    [variable, variable.toLowerCase(), variable.toUpperCase()]
      .filter((name, at, all) => all.indexOf(name) === at)
      .flatMap(name => (env.get(name) ?? '').split(/[:,]/))
      .filter(value => /^(?:[/~]|\$)/.test(value))
      .map(absolute)
      .filter(path => path !== '/')
  return {
    homes: [...new Set([...named('XDG_CACHE_HOME'), ...filesystem.tree.foldersNamed('.cache')])],
    named,
    folders: name => filesystem.tree.foldersNamed(name),
    names: folder => [...filesystem.tree.children(folder)].map(baseName),
  }
}
