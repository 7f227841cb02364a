import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Crc64 } from '../../src/bytes/crc64.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { Checksums } from '../../src/image/checksums.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import { withTwinDigests } from '../../src/source/docker/twin-digests.ts'
import { SeekContents } from '../../src/source/layer/seek-contents.ts'
import { digest, tarOf } from '../archive.ts'
import { Collector } from '../tar/list.ts'

test('what seems equal has its digest when it has passed; its reader has seen what it asks for all the same', async () => {
  const x = Buffer.alloc(5000, 'x')
  const y = Buffer.alloc(5000, 'y')
  const tar = await tarOf([
    ['a/libx.so', x],
    ['b/libx.so', x],
    ['b/liby.so', y],
  ])
  const seeked = await seekLayer(memoryBytes(tar), digest(tar))
  const checksums = new Checksums()
  for (const [ordinal, content] of [x, x, y].entries()) checksums.set(ordinal, new Crc64().update(content).digest())
  const index = { ...seeked, facts: { ...seeked.facts, checksums } }
  const readers = new Map([0, 1, 2].map(ordinal => [ordinal, new Collector()]))

  await withTwinDigests(new SeekContents(memoryBytes(tar))).read([{ index, readers }])
  expect([...readers.values()].map(({ content }) => content)).toEqual([x, x, y])
  const twin = createHash('sha256').update(x).digest().toString('latin1')
  expect([0, 1, 2].map(ordinal => index.facts.digests.get(ordinal))).toEqual([twin, twin, undefined])
})
