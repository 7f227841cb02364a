import { beforeAll, describe, expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import { compare, type Side } from '../../src/compare/compare.ts'
import { liveTree } from '../../src/compare/live-tree.ts'
import type { Comparison } from '../../src/compare/schema.ts'
import { expectComparisonBalanced } from '../compare/balance.ts'
import { docker, type Engine, withEngines } from './engines.ts'
import { type Audited, audited } from './nvidia-ml/audited.ts'

await withEngines(['overlay2'], 'an image before and after what the guide says', engine => {
  let before: Audited
  let after: Audited
  let comparison: Comparison

  beforeAll(async () => {
    before = await audited(engine, 'naive')
    after = await audited(engine, 'fixed')
    const policy = { limits: {}, ignore: [], now: new Date(0) }
    comparison = compare(await sideOf(before), await sideOf(after), policy, '0.0.0')
    expectComparisonBalanced(comparison)
    return async () => {
      for (const { image } of [before, after]) await image[Symbol.asyncDispose]()
    }
  }, 1_500_000)

  it('differs by what the engine says', () => {
    expect(comparison.difference.files).toBe(after.size - before.size)
  })

  it('names the packages that dpkg names', async () => {
    const [old, young] = [await versions(engine, before.tag), await versions(engine, after.tag)]
    const changed = [...new Set([...old.keys(), ...young.keys()])].filter(name => old.get(name) !== young.get(name))
    const named = comparison.packages.filter(row => row.manager === 'dpkg' && row.before !== row.after)
    expect(changed.length).toBeGreaterThan(0)
    expect(new Map(named.map(row => [row.name, [row.before, row.after]]))).toEqual(
      new Map(changed.map(name => [name, [old.get(name) ?? null, young.get(name) ?? null]])),
    )
  })

  describe('the paths', () => {
    it('weigh what find says', async () => {
      const whole = comparison.paths.filter(({ kind, exact }) => kind !== 'rest' && exact)
      expect(whole.length).toBeGreaterThan(3)
      for (const { path, was, before: old, after: young } of whole.slice(0, 12)) {
        expect(await weight(engine, before.tag, was ?? path), `${was ?? path} before`).toBe(old)
        expect(await weight(engine, after.tag, path), `${path} after`).toBe(young)
      }
    }, 300_000)

    it('are few, and the largest comes first', () => {
      const amounts = comparison.paths.map(row => Math.abs(row.difference))
      expect(amounts.length).toBeLessThan(60)
      expect(amounts[0]).toBe(Math.max(...amounts))
    })
  })
})

async function sideOf({ image, evidence }: Audited): Promise<Side> {
  return { report: await auditImage(image), tree: liveTree(evidence.filesystem) }
}

async function inside(engine: Engine, tag: string, command: readonly string[]): Promise<string> {
  return docker(engine, 'run', '--rm', '--network=host', '--entrypoint', '', '--user', '0', tag, ...command)
}

async function versions(engine: Engine, tag: string): Promise<Map<string, string>> {
  const lines = (await inside(engine, tag, ['dpkg-query', '-W'])).split('\n')
  return new Map(
    lines.flatMap(line => {
      const [, name, version] = /^([^\s:]+)(?::\w+)?\t(\S+)$/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[name, version] as const]
    }),
  )
}

/** Bytes of the files and symlinks at a path and below it, each content once. */
async function weight(engine: Engine, tag: string, path: string): Promise<number> {
  const find = `find "$0" -xdev \\( -type f -o -type l \\) -printf '%i %s\\n' 2>/dev/null || true`
  const lines = (await inside(engine, tag, ['sh', '-c', find, path])).split('\n').filter(line => line !== '')
  return [...new Set(lines)].reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)
}
