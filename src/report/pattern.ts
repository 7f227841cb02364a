import { createRequire } from 'node:module'
import type picomatch from 'picomatch'
import { showName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import { parseReference, splitName } from '../image/reference.ts'

/** Whether a name matches. */
export type Matcher = (name: string) => boolean

/** A pattern of picomatch: `*` stays within a folder, `**` does not, and both match names that begin with a dot. Throws USAGE where
 *  it is too long. */
export function matcher(pattern: string): Matcher {
  if (pattern === '') return () => false
  // It is CommonJS: judging stays a plain function, and a run without patterns does without the 6 ms that loading it takes.
  const load: typeof picomatch = createRequire(import.meta.url)('picomatch')
  try {
    const matches = load(pattern, { dot: true, windows: false })
    // The regular expression of a long one can be too large for V8, which says so when it is first used.
    matches('/')
    // A second argument would ask for an object, which is true whatever is in it.
    return name => matches(name)
  } catch (cause) {
    const message = `the pattern ${showName(pattern.slice(0, 60))}… is too long: ${pattern.length} characters`
    throw new ImgauditError('USAGE', message, 'write a shorter one', { cause })
  }
}

/** Whether a path matches a pattern, or a folder above it does: `/opt/models` and `/opt/models/**` are both all of it. */
export function treeMatcher(pattern: string): Matcher {
  const matches = matcher(pattern.length > 1 ? pattern.replace(/\/+$/, '') : pattern)
  return path => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (matches(path.slice(0, end))) return true
    }
    return matches('/')
  }
}

/** Whether a pattern means the image of a reference: as it was named, without `docker:` or `./`, with the tag that goes without
 *  saying, or without tag and digest: `team/app` means all of them. */
export function matchesImage(pattern: string, reference: string): boolean {
  const { rest } = parseReference(reference)
  const name = rest.replace(/^\.\//, '')
  const { repository, tag, digest } = splitName(name)
  const tagged = tag === undefined && digest === undefined ? [`${name}:latest`] : []
  return [reference, rest, name, repository, ...tagged].some(matcher(pattern))
}
