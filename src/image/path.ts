/**
 * Makes a name in a tar absolute and clean, lexically: `./a`, `/a`, `a/` and `../a` are all `/a` (no archive can name
 * what lies above the root, and no symlink is followed).
 */
export function cleanPath(name: string): string {
  if (isClean(name)) return name
  // As nearly every layer has it: `usr/bin/python3`, and `usr/bin/` for a folder.
  const absolute = `/${name.endsWith('/') ? name.slice(0, -1) : name}`
  if (isClean(absolute)) return absolute
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** A symlink's target as a path, relative to the folder that holds the link. */
export function linkPath(path: string, target: string): string {
  return cleanPath(target.startsWith('/') ? target : `${parentPath(path)}/${target}`)
}

/** `/a/b` of `/a/b/c`, `/` of `/a`. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** `c` of `/a/b/c`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function isClean(name: string): boolean {
  return name.startsWith('/') && !name.endsWith('/') && !name.includes('//') && !name.includes('/.')
}
