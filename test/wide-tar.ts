import { archive, blocks, header, pax } from '../fixtures/tar/build.ts'
import { sha256 } from '../src/bytes/digest.ts'
import { memoryBytes } from '../src/bytes/memory.ts'
import { encodeName } from '../src/bytes/name.ts'
import { LayerIndexer, seekLayer } from '../src/image/indexer.ts'
import type { LayerIndex } from '../src/image/layer-index.ts'
import { bytesOf } from './fixture.ts'
import type { Member, WideLayer } from './wide-stack.ts'

const flags = { file: '0', hardlink: '1', symlink: '2', character: '3', block: '4', directory: '5', fifo: '6' } as const

/** The bytes of a member's content; noise depends on the content alone. */
export function contentOf({ kind, content }: Member): Buffer {
  return kind === 'file' ? bytesOf(content, '') : Buffer.alloc(0)
}

/** The layer's uncompressed tar. */
export function wideTar(layer: WideLayer): Buffer {
  return archive(...layer.flatMap(member => written(member)))
}

function written(member: Member): Buffer[] {
  const { kind, mode, uid, gid, mtime } = member
  const bytes = contentOf(member)
  const name = encodeName(kind === 'directory' ? `${member.name}/` : member.name)
  const link = kind === 'symlink' || kind === 'hardlink' ? encodeName(member.target) : Buffer.alloc(0)
  const [major, minor] = member.device ?? (kind === 'character' ? [1, 3] : [7, 1])
  const records: [string, string | Buffer][] = []
  if (name.length > 100) records.push(['path', name])
  if (link.length > 100) records.push(['linkpath', link])
  if (!Number.isInteger(mtime)) records.push(['mtime', String(mtime)])
  const over = { 116: octal(gid), 329: octal(major), 337: octal(minor) }
  const fields = { flag: flags[kind], size: bytes.length, mode, uid, mtime: Math.floor(mtime), over }
  const own = header({ ...fields, name: name.subarray(0, 100), link: link.subarray(0, 100) })
  return [...(records.length > 0 ? [pax(records)] : []), own, blocks(bytes)]
}

function octal(value: number): string {
  return `${value.toString(8).padStart(7, '0')}\0`
}

/** A line a member, for a person who looks into a failure. */
export function shownStack(layers: readonly WideLayer[]): string {
  return layers.map((layer, position) => `  layer ${position}\n${shownLayer(layer)}`).join('\n')
}

function shownLayer(layer: WideLayer): string {
  return layer
    .map(({ kind, name, target, content, mode, uid, gid }) => {
      const rest =
        kind === 'symlink' ? ` -> ${JSON.stringify(target)}` : kind === 'hardlink' ? ` = ${JSON.stringify(target)}` : ''
      const size = kind === 'file' ? ` ${typeof content === 'number' ? content : JSON.stringify(content)}` : ''
      return `    ${kind.padEnd(9)} ${JSON.stringify(name)}${rest}${size} ${mode.toString(8)} ${uid}:${gid}`
    })
    .join('\n')
}

/** The layer's index, by one route or the other. */
export async function wideIndex(tar: Buffer, number = 0): Promise<LayerIndex> {
  if (number % 2 === 1) return seekLayer(memoryBytes(tar), sha256(tar))
  const indexer = new LayerIndexer({ route: 'stream' })
  for (let at = 0; at < tar.length; at += 10_007) indexer.push(tar.subarray(at, at + 10_007))
  return indexer.end()
}
