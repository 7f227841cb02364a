import { describe, expect, it } from 'vitest'
import { archive, file, header } from '../../fixtures/tar/build.ts'
import { bytesOf } from '../fixture.ts'
import { audited, shown } from './ways.ts'

describe('one path, however it is spelt', () => {
  const spellings = ['./a', '/a', 'a', '../a', './/a', '././a', 'x/../a', '../../a', '/../a']

  it.each(spellings)('%s', async name => {
    const image = await audited([archive(file('a', 'x'.repeat(10))), archive(file(name, 'y'.repeat(3)))])
    expect(shown(image)).toEqual({ '/a': 1 })
    expect(image.report.size).toMatchObject({ files: 13, hidden: 10 })
  })

  it.each(['./.wh.a', '/.wh.a', 'x/../.wh.a', '../.wh.a'])('%s deletes it', async name => {
    const image = await audited([archive(file('a', 'x'.repeat(10))), archive(file(name, ''))])
    expect(shown(image)).toEqual({})
    expect(image.report.size.hidden).toBe(10)
  })

  it('is that of a folder with and without a slash at its end, and the root is a path like others', async () => {
    const image = await audited([
      archive(
        header({ name: './', flag: '5' }),
        header({ name: './d/', flag: '5' }),
        file('./d/a', 'x'),
        header({ name: 'd', flag: '5', mode: 0o700 }),
      ),
      archive(header({ name: '/', flag: '5' }), header({ name: 'd//', flag: '5' })),
    ])
    expect(shown(image)).toEqual({ '/': 1, '/d': 1, '/d/a': 0 })
  })

  it('is another one with other bytes in it, readable or not', async () => {
    const odd = ['\xe9', '\xe8'].map(name => file('', 'x', { name: Buffer.from(name, 'latin1') }))
    const image = await audited([archive(...odd, file('e\u0301', 'x'), file('é', 'x'), file('A', 'x'), file('a', 'x'))])
    expect(image.report.size).toMatchObject({ files: 6, hidden: 0 })
    expect(Object.keys(shown(image))).toEqual(['/\udce9', '/\udce8', '/e\u0301', '/é', '/A', '/a'])
  })
})

describe('one path twice in one layer', () => {
  it('is what the last entry says; the bytes of the first are waste of that layer', async () => {
    const image = await audited([
      archive(file('a', 'x'.repeat(100)), file('b', 'x'), file('./a', 'y'.repeat(30)), file('a', 'z'.repeat(7))),
    ])
    expect(image.report.size).toMatchObject({ files: 138, hidden: 130 })
    const [finding] = image.report.findings
    expect(finding).toMatchObject({ rule: 'replaced-later', bytes: 130, fix: { layer: 0 } })
    expect(finding?.message).toContain('layer 0 has it twice, and only the last one counts')
  })

  it('loses no file when it is a folder', async () => {
    const folder = header({ name: 'd/', flag: '5' })
    const image = await audited([archive(folder, file('d/a', 'x'), folder, file('d/b', 'y'), folder)])
    expect(shown(image)).toEqual({ '/d': 0, '/d/a': 0, '/d/b': 0 })
    expect(image.report.size.hidden).toBe(0)
  })
})

describe('a file that changes nothing but its owner, mode or time', () => {
  const weights = bytesOf(200_000, 'weights')
  const app = archive(file('app/weights.bin', weights), file('app/main.py', 'print(1)'))

  it.each([
    ['owner', 'copy-chown', { uid: 1000 }],
    ['mode', 'copy-chmod', { mode: 0o600 }],
    ['time', 'write-once', { mtime: 77 }],
  ] as const)('is stored whole once more: its %s', async (_, fix, fields) => {
    const image = await audited([app, archive(file('app/weights.bin', weights, fields))])
    expect(image.report.size).toMatchObject({ files: 400_008, hidden: 200_000 })
    expect(image.report.causes).toContainEqual({ cause: 'rewritten', kind: 'waste', bytes: 200_000, stored: null })
    const [finding] = image.report.findings
    expect(finding).toMatchObject({ rule: 'rewritten', verdict: 'safe', bytes: 200_000, fix: { id: fix } })
  })

  it('is told from one that has other bytes of the same length', async () => {
    const image = await audited([app, archive(file('app/weights.bin', bytesOf(200_000, 'other'), { uid: 1000 }))])
    expect(image.report.causes.map(({ cause }) => cause)).not.toContain('rewritten')
    expect(image.report.causes).toContainEqual(expect.objectContaining({ cause: 'replaced-later', bytes: 200_000 }))
  })
})
