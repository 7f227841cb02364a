import type { Report } from '../report/schema.ts'

type Finding = Report['findings'][number]

/** Whether two findings, one of each list, are about the same place: a path of one is a path of the other, or lies below or
 *  above one. A row of `/` is a whole layer, wherever its files lie, so it is the place of nothing else. By positions in the
 *  lists. */
export function overlapsOf(
  before: readonly Finding[],
  after: readonly Finding[],
): (before: number, after: number) => boolean {
  const at = new Map<string, Set<number>>()
  const below = new Map<string, Set<number>>()
  for (const [number, { paths }] of before.entries()) {
    for (const { path } of paths) {
      note(at, path, number)
      for (const folder of foldersAbove(path)) note(below, folder, number)
    }
  }
  const overlaps = after.map(({ paths }) => {
    const numbers = new Set<number>()
    for (const { path } of paths) {
      const places = [at.get(path), below.get(path), ...foldersAbove(path).map(folder => at.get(folder))]
      for (const place of places) for (const number of place ?? []) numbers.add(number)
    }
    return numbers
  })
  return (was, is) => overlaps[is]?.has(was) ?? false
}

/** `/opt/app` and `/opt` of `/opt/app/model`. */
function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end))
  return folders
}

function note(places: Map<string, Set<number>>, path: string, number: number): void {
  const known = places.get(path)
  if (known === undefined) places.set(path, new Set([number]))
  else known.add(number)
}
