import { gzipSync } from 'node:zlib'
import { Crc64 } from '../../../src/bytes/crc64.ts'
import type { LayerIndex } from '../../../src/image/layer-index.ts'
import { readRecords } from '../../../src/source/layer/stored-layers.ts'
import { verifyStored } from '../../../src/source/layer/verify-stored.ts'
import { list } from '../../tar/list.ts'
import { mixed } from '../../tar/mixed.ts'
import { packagesLayer } from '../seeds.ts'
import type { Target } from '../target.ts'

const diffId = `sha256:${'0'.repeat(64)}`

/** Records of engines, whose contents are all zeros. */
export const tarSplit: Target = {
  name: 'tar-split',
  seeds: async () => [recordOf(await packagesLayer()), recordOf(mixed)],
  pieces: [
    '{"type":1,"size":',
    '{"type":2,"payload":"',
    '"payload":"',
    '"}\n',
    'AAAAAAAAAAA=',
    ',"name":"',
    'null',
    '"size":',
  ],
  async read(bytes) {
    const layer = { diffId, record: () => once(gzipSync(bytes, { level: 1 })) }
    const contents = { read: async () => {} }
    const read = await readRecords('a store', [layer], contents, {})
    for (const index of read) await verified(index, bytes)
  },
}

/** To put it together is to find that it is another layer. */
async function verified(index: LayerIndex, bytes: Buffer): Promise<void> {
  await verifyStored({ diffId, record: () => once(bytes) }, index, { read: async () => {} })
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** As vbatts/tar-split writes it. */
function recordOf(archive: Buffer): Buffer {
  const lines: object[] = []
  let at = 0
  const raw = (end: number) => {
    if (end > at) lines.push({ type: 2, payload: archive.toString('base64', at, end), position: lines.length })
    at = end
  }
  for (const { name, type, stored, start } of list(archive).members) {
    raw(start)
    if (type !== 'file' || stored === 0) lines.push({ type: 1, name, payload: null, position: lines.length })
    else {
      const payload = new Crc64()
        .update(archive.subarray(start, start + stored))
        .digest()
        .toString('base64')
      lines.push({ type: 1, name, size: stored, payload, position: lines.length })
      at = start + stored
    }
  }
  raw(archive.length)
  return Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}
