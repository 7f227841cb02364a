import { describe, expect, it } from 'vitest'
import { archive, file, header } from '../../fixtures/tar/build.ts'
import { bytesOf } from '../fixture.ts'
import { audited, shown } from './ways.ts'

const hardLink = (name: string, to: string, size = 0) => header({ name, flag: '1', link: to, size })
const symlink = (name: string, to: string) => header({ name, flag: '2', link: to })

describe('a header without data', () => {
  it('that says a size swallows nothing of the file behind it', async () => {
    const image = await audited([
      archive(
        file('a', 'x'.repeat(1000)),
        hardLink('link', 'a', 1000),
        file('behind', 'y'.repeat(10)),
        header({ name: 'd/', flag: '5', size: 4096 }),
        symlink('s', 'a'),
        header({ name: 'pipe', flag: '6', size: 512 }),
        header({ name: 'null', flag: '3', size: 1 }),
        file('last', 'z'.repeat(7)),
      ),
    ])
    expect(Object.keys(shown(image))).toEqual(['/a', '/link', '/behind', '/d', '/s', '/pipe', '/null', '/last'])
    // The target of a symbolic link is its content: one letter.
    expect(image.report.size.files).toBe(1000 + 10 + 1 + 7)
  })

  it('may be all that an archive is made of', async () => {
    const flags = ['1', '2', '3', '4', '5', '6']
    const image = await audited([
      archive(...flags.map(flag => header({ name: `n${flag}`, flag, link: 'n3', size: 1234 }))),
    ])
    expect(Object.keys(shown(image))).toEqual(flags.map(flag => `/n${flag}`))
    expect(image.report.size.files).toBe('n3'.length)
  })
})

describe('a content of many names', () => {
  it('counts once', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `bin/applet${at}`)
    const image = await audited([
      archive(file('bin/busybox', 'x'.repeat(1000)), ...names.map(name => hardLink(name, 'bin/busybox'))),
    ])
    expect(image.report.size).toMatchObject({ files: 1000, hidden: 0 })
    expect(image.report.layers[0]?.entries).toBe(401)
    expect(image.report.unowned).toEqual([{ path: '/bin', bytes: 1000, count: 1 }])
  })

  it('stays while one of them does, and is hidden with the last', async () => {
    const first = archive(file('a', 'x'.repeat(1000)), hardLink('b', 'a'), hardLink('c', 'b'))
    const removed = (name: string) => archive(file(`.wh.${name}`, ''))
    const target = await audited([first, removed('a')])
    expect(target.report.size).toMatchObject({ files: 1000, hidden: 0 })
    expect(target.report.savings).toMatchObject({ safe: 0, check: 0 })
    const all = await audited([first, removed('a'), removed('c'), removed('b')])
    expect(all.report.size).toMatchObject({ files: 1000, hidden: 1000 })
    expect(all.report.causes).toMatchObject([{ cause: 'removed-later', bytes: 1000 }])
  })
})

describe('a hard link to a file of a lower layer', () => {
  const big = bytesOf(70_000, 'big')

  it('has made its layer store the whole file once more: both copies count, and the one below is waste', async () => {
    // As `RUN ln /big /other` leaves it on overlayfs: the file is copied up before it can be linked.
    const image = await audited([archive(file('big', big)), archive(file('big', big), hardLink('other', 'big'))])
    expect(shown(image)).toEqual({ '/big': 1, '/other': 1 })
    expect(image.report.size).toMatchObject({ files: 140_000, hidden: 70_000 })
    expect(image.report.savings.safe).toBe(70_000)
  })

  it('that was stored as a file of its own is a duplicate', async () => {
    const image = await audited([archive(file('big', big)), archive(file('other', big))])
    expect(image.report.size).toMatchObject({ files: 140_000, hidden: 0 })
    expect(image.report.findings).toContainEqual(
      expect.objectContaining({ rule: 'duplicate-files', verdict: 'check', bytes: 70_000 }),
    )
  })

  it('that the layer does not repeat adds no bytes, and is told', async () => {
    const image = await audited([archive(file('big', big)), archive(hardLink('other', 'big'), file('.wh.big', ''))])
    expect(shown(image)).toEqual({ '/other': 1 })
    expect(image.report.size).toMatchObject({ files: 70_000, hidden: 0 })
    expect(image.report.notices.map(({ code }) => code)).toContain('hard-link-across-layers')
  })
})
