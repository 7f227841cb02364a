import { type LayerData, nodesOf } from './fixture.ts'

/** The plain model: a folder to which layers are applied in turn. Gives the layer that each path comes from. */
export function applied(layers: readonly LayerData[]): Record<string, number> {
  const tree = new Map<string, { layer: number; folder: boolean }>()
  const drop = (root: string, self: boolean) => {
    for (const path of [...tree.keys()]) if ((self && path === root) || path.startsWith(`${root}/`)) tree.delete(path)
  }
  layers.forEach((layer, position) => {
    for (const path of layer.remove ?? []) drop(path, true)
    for (const path of layer.opaque ?? []) drop(path, false)
    for (const [path, node] of nodesOf(layer)) {
      const isFolder = node.kind === 'directory'
      for (const [above, { folder }] of [...tree]) if (!folder && path.startsWith(`${above}/`)) tree.delete(above)
      if (!isFolder) drop(path, false)
      tree.set(path, { layer: position, folder: isFolder })
    }
    // A marker has folders above it.
    const marked = [...(layer.remove ?? []), ...(layer.opaque ?? []).map(path => `${path}/`)]
    for (const [above, { folder, layer: below }] of [...tree])
      if (!folder && below < position && marked.some(path => path.startsWith(`${above}/`))) tree.delete(above)
  })
  return Object.fromEntries([...tree].map(([path, { layer }]) => [path, layer]))
}
