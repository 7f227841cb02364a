/** Those of `folders` that a path lies in, the innermost first. An image can name tens of thousands of them. */
export function* foldersAround(folders: ReadonlySet<string>, path: string): Iterable<string> {
  if (folders.size === 0) return
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end)
    if (folders.has(folder)) yield folder
  }
  if (folders.has('/')) yield '/'
}
