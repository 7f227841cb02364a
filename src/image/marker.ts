import type { EntryKind } from './entry.ts'
import { baseName, parentPath } from './path.ts'

const prefix = '.wh.'
const opaque = '.wh..wh..opq'

/**
 * What a name says as a marker of the OCI layer format (image-spec layer.md, "Whiteouts"), or undefined for every other
 * name: `x.wh..wh..opq` is a file. aufs keeps its own records under names that begin with `.wh..wh.`; like the bare
 * `.wh.`, and `.wh..` and `.wh...`, they are markers that hide nothing: what is left of those three names their folder, or
 * the one above. Docker, containerd and Podman refuse them; umoci and Docker's vfs driver remove the folder.
 */
export function marker(path: string): { path: string; kind: EntryKind } | undefined {
  const name = baseName(path)
  if (!name.startsWith(prefix)) return undefined
  const folder = parentPath(path)
  if (name === opaque) return { path: folder, kind: 'opaque' }
  const named = name.slice(prefix.length)
  const hidden = named === '' || named === '.' || named === '..' ? name : named
  return { path: folder === '/' ? `/${hidden}` : `${folder}/${hidden}`, kind: 'whiteout' }
}
