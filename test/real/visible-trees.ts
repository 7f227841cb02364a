import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeName } from '../../src/bytes/name.ts'

/** What a kernel says of one path. */
export interface Seen {
  readonly kind: string // as find's %y: f, d, l, p, c, b
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly inode: string
  readonly target: string
  readonly digest: string | undefined // of regular files
}

export type VisibleTree = ReadonlyMap<string, Seen>

/** A plain folder, or those that overlayfs is to stack, the uppermost first. */
export type Place = string | readonly string[]

/**
 * What each place shows. Mounts are made in a namespace of their own: the kernel ends them with the process, however that
 * ends.
 */
export async function visibleTrees(places: readonly Place[]): Promise<VisibleTree[]> {
  const folder = await mkdtemp(join(tmpdir(), 'imgaudit-trees-'))
  try {
    const lines = places.map(place => (typeof place === 'string' ? `${place}\t\n` : `\t${place.join(':')}\n`))
    const running = promisify(execFile)('unshare', ['--mount', 'bash', '-euc', script, 'trees', folder])
    running.child.stdin?.end(lines.join(''))
    await running
    return await Promise.all(places.map((_, index) => readTree(join(folder, String(index)))))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// In a folder that only one layer has, overlayfs lists whiteouts that it then cannot find: -ignore_readdir_race is silent
// about those. A stack of one is none for overlayfs, so an empty folder lies below all.
const script = `
  mkdir "$1/mount" "$1/empty"
  number=0
  while IFS= read -r line; do
    root=\${line%%$'\\t'*} stack=\${line#*$'\\t'}
    if [ -n "$stack" ]; then
      mount -t overlay -o "ro,lowerdir=$stack:$1/empty" overlay "$1/mount"
      root=$1/mount
    fi
    cd "$root"
    find . -mindepth 1 -ignore_readdir_race -printf '%P\\0%y\\0%s\\0%m\\0%U\\0%G\\0%T@\\0%i\\0%l\\0' >"$1/$number.find"
    find . -type f -ignore_readdir_race -print0 | xargs -0r sha256sum -z -- >"$1/$number.sums"
    cd /
    [ -z "$stack" ] || umount "$1/mount"
    number=$((number + 1))
  done`

const fields = 9

async function readTree(path: string): Promise<VisibleTree> {
  const sums = parts(await readFile(`${path}.sums`)).map(line => {
    const text = decodeName(line)
    return [text.slice(64 + '  ./'.length), text.slice(0, 64)] as const
  })
  const digests = new Map(sums)
  const found = parts(await readFile(`${path}.find`)).map(decodeName)
  const tree = new Map<string, Seen>()
  for (let at = 0; at < found.length; at += fields) {
    const [name = '', kind = '', size, mode = '', uid, gid, mtime, inode = '', target = ''] = found.slice(
      at,
      at + fields,
    )
    tree.set(`/${name}`, {
      kind,
      size: Number(size),
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      mtime: Number(mtime),
      inode,
      target,
      digest: digests.get(name),
    })
  }
  return tree
}

/** What stands before each NUL. */
function parts(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0, end = bytes.indexOf(0); end !== -1; at = end + 1, end = bytes.indexOf(0, at))
    found.push(bytes.subarray(at, end))
  return found
}
