import { encodeName } from '../bytes/name.ts'
import type { Member } from '../tar/member.ts'
import type { Entry } from './entry.ts'
import type { LayerLinks } from './layer-links.ts'
import { marker } from './marker.ts'
import { cleanPath } from './path.ts'

/** A member as an entry: clean path, markers told by base name alone, honest content. */
export function entryOf(member: Member, links: LayerLinks): Entry {
  const path = links.follow(cleanPath(member.name))
  const { type, span, mode, uid, gid, mtime } = member
  const mark = marker(path)
  if (mark !== undefined) return { path: mark.path, kind: mark.kind, content: 0, span, mode, uid, gid, mtime }
  // The root stays a folder: Docker, containerd and Podman pass over what would have it otherwise, and do not count it.
  if (path === '/') return { path, kind: 'directory', content: 0, span, mode, uid, gid, mtime }
  if (type === 'symlink') {
    const target = member.target ?? ''
    return { path, kind: type, content: encodeName(target).length, span, mode, uid, gid, mtime, target }
  }
  if (type === 'hardlink') {
    const target = links.follow(cleanPath(member.target ?? ''))
    return { path, kind: type, content: 0, span, mode, uid, gid, mtime, target }
  }
  return { path, kind: type, content: type === 'file' ? member.content : 0, span, mode, uid, gid, mtime }
}
