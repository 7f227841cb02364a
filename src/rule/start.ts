import type { ImageConfig } from '../image/config.ts'
import { cleanPath } from '../image/path.ts'

/** All that the configuration starts, as one line: ENTRYPOINT and CMD, then HEALTHCHECK. */
export function startLine({ entrypoint, command, healthcheck }: ImageConfig): string {
  return [...entrypoint, ...command, ...(healthcheck ?? [])].join(' ')
}

/** Its words, shell forms (`sh -c 'exec jupyter lab'`) taken apart. */
export function startWords(config: ImageConfig): string[] {
  return startLine(config)
    .split(/[\s;&|()"'`]+/)
    .filter(word => word !== '')
}

/** Whether what the image starts, or a variable of its environment, names this path or one below it. */
export function startNames(config: ImageConfig, path: string): boolean {
  const below = (word: string) => {
    const absolute = cleanPath(word.startsWith('/') ? word : `${config.workingDir || '/'}/${word}`)
    return absolute === path || absolute.startsWith(`${path}/`)
  }
  // `--find-links=/wheels` and `PATH=/app/.venv/bin:/usr/bin` name paths too.
  const parts = (text: string) => text.split(/[=:,\s]+/).filter(part => part !== '')
  if (startWords(config).some(word => below(word) || parts(word).some(below))) return true
  return [...config.env.values()].some(value => parts(value).some(part => part.startsWith('/') && below(part)))
}
