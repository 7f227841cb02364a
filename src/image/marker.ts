import type { EntryKind } from './entry.ts'
import { baseName, parentPath } from './path.ts'

const prefix = '.wh.'
const opaque = '.wh..wh..opq'

/**
 * What a name says as a marker of the OCI layer format (image-spec layer.md, "Whiteouts"), or undefined for every other
 * name: `x.wh..wh..opq` is a file. aufs keeps its own records under names that begin with `.wh..wh.`; like the bare
 * `.wh.` they are markers that hide nothing (removing what `.wh.` is left to name would remove its folder).
 */
export function marker(path: string): { path: string; kind: EntryKind } | undefined {
  const name = baseName(path)
  if (!name.startsWith(prefix)) return undefined
  const folder = parentPath(path)
  if (name === opaque) return { path: folder, kind: 'opaque' }
  const hidden = name === prefix ? name : name.slice(prefix.length)
  return { path: folder === '/' ? `/${hidden}` : `${folder}/${hidden}`, kind: 'whiteout' }
}
