import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'

/** What a file of the demo is; everything belongs to root unless it says otherwise. */
export interface DemoFile {
  readonly bytes?: Buffer | string
  /** A symlink to this, in place of bytes. */
  readonly link?: string
  readonly owner?: number
  readonly mode?: number
}

/** One instruction, and what it leaves in its layer. */
export interface DemoLayer {
  /** As BuildKit records it, without its mark. */
  readonly instruction: string
  /** By absolute path. */
  readonly files: Readonly<Record<string, DemoFile>>
  /** Paths of lower layers that it deletes. */
  readonly deletes?: readonly string[]
}

const mtime = new Date('2026-01-02T03:04:05Z')

/** The layer's tar, as an engine would write it: every folder before what lies in it. The same bytes every time. */
export function tarOf({ files, deletes = [] }: DemoLayer): Promise<Buffer> {
  const archive = pack()
  const folders = new Set<string>()
  const markers = deletes.map(path => [path.replace(/([^/]+)$/, '.wh.$1'), {}] as const)
  const all: (readonly [string, DemoFile])[] = [...Object.entries(files), ...markers]
  for (const [path, file] of all.sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const folder of above(path)) {
      if (folders.has(folder)) continue
      folders.add(folder)
      archive.entry({ name: `${folder}/`, type: 'directory', mode: 0o755, mtime })
    }
    const header = { name: path.slice(1), uid: file.owner ?? 0, gid: file.owner ?? 0, mtime }
    if (file.link !== undefined) archive.entry({ ...header, type: 'symlink', linkname: file.link, mode: 0o777 })
    else archive.entry({ ...header, mode: file.mode ?? 0o644 }, file.bytes ?? '')
  }
  archive.finalize()
  return buffer(archive)
}

/** `usr`, `usr/lib` of `/usr/lib/x`. */
function above(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}
