import { expect, it } from 'vitest'
import { Entries } from '../../src/image/entries.ts'
import type { Entry, EntryKind } from '../../src/image/entry.ts'
import { LayerLinks } from '../../src/image/layer-links.ts'

/** A layer whose entries come one after the other: gives where each lands. */
function landing(
  ...entries: readonly (readonly [path: string, target?: string | undefined, kind?: EntryKind])[]
): string[] {
  const all = new Entries()
  const links = new LayerLinks(all)
  return entries.map(([written, target, kind = target === undefined ? 'file' : 'symlink']) => {
    const path = links.follow(written)
    const entry: Entry = { path, kind, content: 0, span: 512, mode: 0, uid: 0, gid: 0, mtime: 0 }
    const whole =
      target === undefined ? entry : { ...entry, target: kind === 'hardlink' ? links.follow(target) : target }
    links.add(whole, all.add(whole))
    return path
  })
}

it('goes part by part: what a link leads to is gone into before the folder above it', () => {
  const paths = landing(['/a/t', '/deep/er'], ['/s', 'a/t/../x'], ['/s/n'], ['/a/t/m'], ['/n'])
  expect(paths.slice(2)).toEqual(['/deep/x/n', '/deep/er/m', '/n'])
})

it('leads nowhere above the root, and through as many links as Linux does', () => {
  expect(landing(['/a/s', '../../../r'], ['/a/s/n'])[1]).toBe('/r/n')
  const chain = Array.from({ length: 50 }, (_, at) => [`/l${at}`, `l${at + 1}`] as const)
  expect(landing(...chain, ['/l10/n'], ['/l9/n']).slice(50)).toEqual(['/l50/n', '/l9/n'])
  expect(landing(['/s', 'x/'.repeat(2049)], ['/s/n'])[1]).toBe('/s/n')
})

it('knows another name of a link, and what takes the place of one', () => {
  expect(landing(['/a/s', 'r'], ['/h', '/a/s', 'hardlink'], ['/h/n'])[2]).toBe('/r/n')
  expect(landing(['/s', 'r'], ['/s'], ['/s/n'])[2]).toBe('/s/n')
  expect(landing(['/s', 'r'], ['/s', 'q'], ['/s/n'])[2]).toBe('/q/n')
  expect(landing(['/s', 'r'], ['/s', undefined, 'whiteout'], ['/s/n'])[2]).toBe('/r/n')
})

it('stops where a layer leads through links without end', () => {
  const chain = Array.from({ length: 39 }, (_, at) => [`/l${at}`, `l${at + 1}/${'a/'.repeat(40)}`] as const)
  const files = Array.from({ length: 30_000 }, (_, at) => [`/l0/${at}/n`] as const)
  const paths = landing(...chain, ...files)
  expect(paths[39]).toMatch(/^\/l39\/a\//)
  expect(paths.at(-1)).toBe('/l0/29999/n')
})
