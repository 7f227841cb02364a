import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import compared from '../../src/compare/github.ts'
import github from '../../src/report/github.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample as comparison } from '../compare/sample.ts'
import { expectGolden } from './golden.ts'
import { hostileName, poisoned } from './hostile.ts'
import { sample } from './sample.ts'

interface Command {
  readonly command: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** What the runner makes of a line that a step prints, as its ActionCommand does: commands of both generations. */
function parse(line: string): Command | undefined {
  const [, command = '', said = '', data = ''] = /^\s*::([^ :]+)(?: ((?:[^:]|:(?!:))*))?::([\s\S]*)$/.exec(line) ?? []
  if (command === '') return /##\[/.test(line) ? { command: '##', properties: {}, data: line } : undefined
  const properties = said.split(',').flatMap(part => {
    const [name = '', ...value] = part.split('=')
    return name === '' ? [] : [[name.trim(), unescaped(value.join('='), true)] as const]
  })
  return { command, properties: Object.fromEntries(properties), data: unescaped(data, false) }
}

function unescaped(text: string, property: boolean): string {
  const plain = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n')
  return (property ? plain.replaceAll('%3A', ':').replaceAll('%2C', ',') : plain).replaceAll('%25', '%')
}

/** Lines as the runner reads them, CR and LF alike. */
function commandsOf(text: string): (Command | undefined)[] {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split(/\r\n|\r|\n/)
    .map(parse)
}

function repeated(count: number): Report {
  const findings = Array.from({ length: count }, (_, at) =>
    sample.findings.slice(0, 1).map(finding => ({
      ...finding,
      fix: { ...finding.fix, id: `fix-${at}` },
      saves: 1_000_000 * (at + 1),
    })),
  ).flat()
  const budgets = sample.budgets.filter(({ ok }) => !ok)
  return { ...sample, findings, budgets: Array.from({ length: count }, () => budgets).flat() }
}

describe('annotations', () => {
  it('are what a pull request should show', () => {
    expectGolden('github.txt', github(sample))
    expectGolden('github-compared.txt', compared(comparison))
  })

  it('are errors for budgets, warnings for what can be saved, largest first, and one notice', () => {
    const commands = commandsOf(github(sample))
    expect(commands.map(command => command?.command)).toEqual(['error', ...Array(6).fill('warning'), 'notice'])
    expect(commands[0]?.data).toBe('waste is 2.20 GB, the limit is 500 MB: 1.70 GB too much')
    expect(commands[1]?.properties.title).toBe('secrets')
    expect(commands[2]?.properties).toEqual({ title: 'pip-cache: 1.30 GB, safe' })
    expect(commands.at(-1)?.data).toContain('2.20 GB (34 %) of it waste')
  })

  it('are one for all that one change settles', () => {
    const lists = commandsOf(github(sample)).find(command => command?.properties.title?.startsWith('apt-lists'))
    expect(lists?.properties.title).toBe('apt-lists and 1 more: 42.2 MB, check')
    expect(lists?.data.split('\n')).toEqual([
      '38.0 MB: /var/lib/apt/lists (9 files)',
      '4.20 MB: /var/cache/apt (2 files)',
      'FROM a base image that does not have it',
    ])
  })

  it("stand at the Dockerfile's lines, where they are known", () => {
    const dockerfile = { path: 'a,b: c/Dockerfile', start: 3, end: 5 }
    const layers = sample.layers.map(layer => (layer.index === 3 ? { ...layer, dockerfile } : layer))
    const [failed] = sample.budgets.filter(({ ok }) => !ok)
    const budgets = failed === undefined ? [] : [{ ...failed, budget: 'layer', layers: [3] }]
    const place = { file: 'a,b: c/Dockerfile', line: '3', endLine: '5' }
    const [error, , cache, rewritten] = commandsOf(github({ ...sample, layers, budgets }))
    expect(error?.properties).toEqual({ ...place, title: 'over budget' })
    expect(cache?.properties).toEqual({ ...place, title: 'pip-cache: 1.30 GB, safe' })
    expect(rewritten?.properties).not.toHaveProperty('file')
    // Paths of a pull request begin with no `./`.
    const dotted = sample.layers.map(layer => ({ ...layer, dockerfile: { ...dockerfile, path: './ci/Dockerfile' } }))
    expect(commandsOf(github({ ...sample, layers: dotted }))[2]?.properties.file).toBe('ci/Dockerfile')
  })

  it('name what a run fails for, also where it has no bytes', () => {
    const titles = (rule: string) => {
      const failed = {
        budget: `failOn.${rule}`,
        limit: 0,
        value: 1,
        unit: 'findings',
        share: null,
        layers: [],
        ok: false,
      }
      const commands = commandsOf(github({ ...sample, budgets: [{ ...failed, unit: 'findings' }] }))
      return commands.filter(command => command?.command === 'warning').map(command => command?.properties.title)
    }
    expect(titles('no-such-rule')).not.toContain('root-user')
    expect(titles('root-user').slice(0, 2)).toEqual(['secrets', 'root-user'])
  })

  it('are none for what is kept or ignored', () => {
    const ignored = (whole: boolean) => ({ saves: 0, whole, reasons: ['meant so'] })
    const of = (findings: Report['findings']) => commandsOf(github({ ...sample, budgets: [], findings })).length
    expect(of(sample.findings)).toBe(7)
    expect(of(sample.findings.map(finding => ({ ...finding, verdict: 'keep' })))).toBe(1)
    expect(of(sample.findings.map(finding => ({ ...finding, ignored: ignored(true) })))).toBe(1)
    expect(of(sample.findings.map(finding => ({ ...finding, ignored: ignored(false) })))).toBe(7)
  })

  it('are ten of each at most, and the notice says what more there is', () => {
    const commands = commandsOf(github(repeated(13)))
    expect(commands.filter(command => command?.command === 'error')).toHaveLength(10)
    const warnings = commands.filter(command => command?.command === 'warning')
    expect(warnings.map(command => command?.properties.title?.split(' ')[1])).toEqual(
      [13, 12, 11, 10, 9, 8, 7, 6, 5, 4].map(size => size.toPrecision(3)),
    )
    expect(commands.at(-1)?.data).toContain('; not shown here: 3 more failed budgets; 3 more warnings, 6.00 MB')
    expect(commandsOf(github(repeated(10))).at(-1)?.data).not.toContain('not shown')
  })

  it('are no other command, whatever an image names its files', () => {
    const meant = (text: string) =>
      commandsOf(text).map(command => [command?.command, Object.keys(command?.properties ?? {})])
    const [report, other] = [poisoned(sample, 'x'), poisoned(comparison, 'x')]
    fc.assert(
      fc.property(hostileName, name => {
        expect(meant(github(poisoned(sample, name)))).toEqual(meant(github(report)))
        expect(meant(compared(poisoned(comparison, name)))).toEqual(meant(compared(other)))
      }),
      { numRuns: 100 },
    )
  })

  it('say after the runner has read them what was meant', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), text => {
        const said = `50 %25 ${text} of`.replace(/\s+/g, ' ')
        const findings = sample.findings.slice(0, 1).map(finding => ({ ...finding, message: said, because: [] }))
        const [, warning] = commandsOf(github({ ...sample, findings, budgets: sample.budgets.filter(({ ok }) => !ok) }))
        expect(warning?.data.split('\n')[0]).toBe(said)
      }),
    )
  })
})
