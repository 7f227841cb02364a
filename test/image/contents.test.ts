import { expect, it } from 'vitest'
import { archive, blocks, file, gnuMagic, header, octal, pax } from '../../fixtures/tar/build.ts'
import { memoryBytes } from '../../src/bytes/memory.ts'
import { placesOf, storedSize } from '../../src/image/contents.ts'
import { seekLayer } from '../../src/image/indexer.ts'
import type { Member } from '../../src/tar/member.ts'
import { TarReader } from '../../src/tar/read.ts'
import { readSeekable } from '../../src/tar/seek.ts'

const tar = archive(
  header({ name: 'd/', flag: '5' }),
  file('d/plain', 'x'.repeat(700)),
  pax({ 'SCHILY.realsize': '100000' }),
  file('d/star', 'y'.repeat(600)),
  header({ name: 'd/hole', flag: 'S', magic: gnuMagic, over: { 483: octal(1_048_576, 12) } }),
  pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '9999' }),
  header({ name: 'd/sparse', size: 1024 + 3 }),
  blocks('2\n0\n512\n5000\n3\n'),
  blocks('z'.repeat(515)),
  file('d/last', 'w'),
)

it('lie where their members are, whatever the headers say of their size', async () => {
  const members: Member[] = []
  readSeekable(memoryBytes(tar), new TarReader({ onMember: member => void members.push(member) }))
  const index = await seekLayer(memoryBytes(tar), `sha256:${'0'.repeat(64)}`)
  const files = members.flatMap(({ type }, ordinal) => (type === 'file' ? [ordinal] : []))
  expect(files).toEqual([1, 2, 3, 4, 5])
  expect(placesOf(index, files.toReversed())).toEqual(
    files.map(ordinal => ({ ordinal, start: members[ordinal]?.start, size: members[ordinal]?.stored })),
  )
  expect(files.map(ordinal => storedSize(index, ordinal))).toEqual([700, 600, 0, 515, 1])
})
