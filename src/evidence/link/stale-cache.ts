import type { Notice } from '../../image/notice.ts'
import { baseName, parentPath } from '../../image/path.ts'
import type { Evidence } from '../evidence.ts'
import { loaderFolders } from '../loader-folders.ts'
import type { Graph } from './graph.ts'

/** What ldconfig looks at in a folder (ldconfig(8)). */
const wanted = /^(?:lib|ld-).*\.so/

/** Where `/etc/ld.so.cache` and the folders that it was made of do not fit together: the loader believes the cache. */
export function cacheNotices(evidence: Evidence, { root, cache, files }: Graph): Notice[] {
  const { filesystem } = evidence
  const configured = new Map(
    loaderFolders(evidence).flatMap(({ folder, from }) => {
      const node = from === 'LD_LIBRARY_PATH' ? undefined : root.folder(folder || '/')?.node
      return node === undefined ? [] : [[node, from] as const]
    }),
  )
  const known = new Set(cache?.entries.map(({ name, path }) => `${root.folder(parentPath(path))?.node} ${name}`))
  const gone = cache?.entries.filter(({ path, hwcap }) => hwcap === undefined && root.file(path) === undefined) ?? []
  const missing = files.flatMap(({ inode, elf }) => {
    const soname = elf.dynamic?.soname
    if (soname === undefined || elf.type !== 'shared') return []
    return filesystem.names(inode).flatMap(name => {
      const folder = filesystem.tree.parent(filesystem.node(name))
      const from = filesystem.visible(name) ? configured.get(folder) : undefined
      const path = filesystem.path(name)
      return from === undefined || !wanted.test(baseName(path)) || known.has(`${folder} ${soname}`)
        ? []
        : [{ path, from }]
    })
  })
  const notices: Notice[] = []
  const [entry] = gone
  if (entry !== undefined) {
    const message = `/etc/ld.so.cache is older than the image: it has ${entry.name} at ${entry.path}, where nothing is${others(gone.length)}`
    notices.push({ code: 'stale-loader-cache', message })
  }
  const [library] = missing
  if (library !== undefined) {
    const why = cache === undefined ? 'there is no /etc/ld.so.cache' : '/etc/ld.so.cache does not have it'
    const message = `${library.from} names the folder of ${library.path}, but ${why}: it is not found by its name until ldconfig runs${others(missing.length)}`
    notices.push({ code: 'not-in-loader-cache', message })
  }
  return notices
}

function others(count: number): string {
  return count === 1 ? '' : `; so for ${count} libraries in all`
}
