import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type ImageParts, layerTar } from '../archive.ts'
import { elf } from '../elf.ts'
import { root } from './corpus.ts'

/** A file of fixtures. */
export function fixture(path: string): Buffer {
  return readFileSync(join(root, 'fixtures', path))
}

/** rpm's database after a step. */
export function rpmDatabase(step: 'installed' | 'upgraded' | 'erased'): Buffer {
  return gunzipSync(fixture(`rpm/${step}.sqlite.gz`))
}

/** Zstd of blocks that are stored as they are (RFC 8878, 3.1.1), which needs no compressor. */
export function storedZstd(bytes: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt32LE(0xfd2fb528, 0)
  head.writeUInt8(0xa0, 4) // one segment, its size in four bytes
  head.writeUInt32LE(bytes.length, 5)
  const blocks: Buffer[] = []
  const most = 128 * 1024
  for (let at = 0; at < bytes.length || at === 0; at += most) {
    const block = bytes.subarray(at, at + most)
    const last = at + most >= bytes.length ? 1 : 0
    const blockHead = Buffer.alloc(3)
    blockHead.writeUIntLE((block.length << 3) | last, 0, 3)
    blocks.push(blockHead, block)
  }
  return Buffer.concat([head, ...blocks])
}

/** A small image of two layers, with something in it for every probe. */
export async function smallImage(): Promise<ImageParts> {
  return { name: 'app:1', layers: [await packagesLayer(), await layerTar({ 'opt/x': 'x', 'usr/.wh.gone': '' })] }
}

/** A layer with records of every package manager, and binaries. */
export function packagesLayer(): Promise<Buffer> {
  const site = 'usr/lib/python3/site-packages/six-1.16.0.dist-info'
  return layerTar({
    'etc/os-release': fixture('probe/debian.os-release'),
    'etc/ld.so.conf': fixture('probe/cuda.ld.so.conf'),
    'etc/ld.so.cache': fixture('probe/new.ld.so.cache'),
    'lib/apk/db/installed': fixture('probe/apk.installed'),
    'var/lib/dpkg/status': fixture('probe/held.status'),
    'var/lib/dpkg/info/zlib1g:amd64.list': fixture('probe/zlib1g.list'),
    'var/lib/dpkg/diversions': fixture('probe/debian.diversions'),
    [`${site}/METADATA`]: fixture('probe/six.METADATA'),
    [`${site}/RECORD`]: fixture('probe/six.RECORD'),
    'opt/conda/conda-meta/x-1-0.json': fixture('probe/conda.json'),
    'usr/lib/libx.so.1': elf({ soname: 'libx.so.1', needed: ['libc.so.6'], sections: { '.text': Buffer.alloc(64) } }),
    'usr/bin/tool': elf({ type: 'executable', needed: ['libx.so.1'], runpath: '$ORIGIN/../lib' }),
    'root/.cache/pip/http/a': Buffer.alloc(2000, 7),
  })
}
