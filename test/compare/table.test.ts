import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/compare/schema.ts'
import table from '../../src/compare/table.ts'
import type { FormatOptions } from '../../src/report/format.ts'
import { expectGolden } from '../report/golden.ts'
import { hostile, sample } from './sample.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

/** Columns that a line takes in a terminal; of the sample's characters only Chinese ones are wide. */
function columns(line: string): number {
  return line.replace(/[\u4e00-\u9fff]/g, 'xx').length
}

/** Lines of a part, without its heading and rule. */
function part(text: string, name: string): string[] {
  const [, found = ''] = text.split(new RegExp(`^${name}(?:  .*)?\n`, 'm'))
  const lines = (found.split(/^[A-Z]{2}/m)[0] ?? '').split('\n')
  return lines.slice(lines.findIndex(line => line.startsWith('─')) + 1).filter(line => line !== '')
}

const units: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/** The last signed size of a line: `+310 MB`. */
function changeOf(line: string): number {
  const [, sign, number, unit = ''] = [...line.matchAll(/(?:^|[ ~])([+-]?)([\d.]+) (B|kB|MB|GB)(?= |$)/g)].at(-1) ?? []
  return (sign === '-' ? -1 : 1) * Number(number) * (units[unit] ?? Number.NaN)
}

function total(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + changeOf(line), 0)
}

describe('the table of a comparison', () => {
  it.each([80, 120])('fits %d columns', width => {
    const text = table(sample, { ...plain, width })
    expectGolden(`table-${width}.txt`, text, 'compare')
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(width)
  })

  it.each([
    ['few', { ...plain, top: 1 }],
    ['all', { ...plain, all: true }],
    ['wide, all', { ...plain, all: true, width: 160 }],
  ])('fits with %s rows too', (_, options) => {
    const text = table(sample, options)
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(options.width)
  })

  it.each([40, 44, 48, 53, 60, 65, 69])('fits %d columns too, in which the change of each row is left', width => {
    const text = table(sample, { ...plain, width })
    // A line break became a space, and then the first colon of a workflow command is written in another way.
    for (const line of text.replaceAll('\\u003a', ':').split('\n'))
      expect(columns(line), line).toBeLessThanOrEqual(width)
    expect(text).toMatch(/^ .*\+1\.94 GB.* files/m)
    expect(text).toMatch(/^ .*\+310 MB {2}pip:torch$/m)
    expect(text).toMatch(/^ {2}changed .*\+10\.0 MB {2}COPY /m)
    expect(text).toMatch(/^ {5}\+310 MB {2}grown /m)
  })

  it('begins with what is compared, and what changes how all is read', () => {
    const notices = [
      { code: 'not-verified', message: 'of no great matter' },
      { code: 'platform-differs', message: 'before is for linux/amd64, after for linux/arm64' },
    ]
    const text = table({ ...sample, notices }, plain)
    expect(text).toMatch(/^before +nvidia-ml:1\n +image sha256:cd34cd34cd34 /)
    expect(text.indexOf('! before is for linux/amd64')).toBeLessThan(text.indexOf('WHY IT CHANGED'))
    expect(text.match(/linux\/arm64/g)).toHaveLength(1)
    expect(part(text, 'NOTICES')).toEqual(['  of no great matter'])
  })

  it.each([1, 2, 3, 5, 10, 100])('has rows that add up with %d of each list', top => {
    const text = table(sample, { ...plain, top })
    for (const name of ['WHY IT CHANGED', 'PATHS', 'LAYERS']) {
      const lines = part(text, name).filter(line => / (B|kB|MB|GB) /.test(line) && !/^ +(was|and) /.test(line))
      const sum = changeOf((lines.at(-1) ?? '').replace(/all files.*/, ''))
      // Three digits of each row are printed.
      expect(sum, name).toBe(1.94e9)
      expect(Math.abs(total(lines.slice(0, -1)) - sum), `${name}\n${lines.join('\n')}`).toBeLessThan(2e7)
    }
    const packages = part(text, 'PACKAGES').filter(line => /^ +[+-]?[\d.]+ [kMG]?B /.test(line))
    const firsts = packages.map(line => line.slice(0, 11))
    expect(firsts.at(-1)).toContain('+790 MB')
    expect(Math.abs(total(firsts.slice(0, -1)) - 7.9e8)).toBeLessThan(2e6)
  })

  it('says how much must be pulled, of what, and what Docker pulls again', () => {
    expect(part(table(sample, plain), 'TO PULL').join(' ')).toContain('3,050,617,283 bytes in 4 layers, as stored')
    const pull: Comparison['pull'] = { bytes: 5, kind: 'unpacked', layers: 1, again: { bytes: 2_000_000, layers: 2 } }
    const text = part(table({ ...sample, pull }, plain), 'TO PULL')
      .join(' ')
      .replace(/\s+/g, ' ')
    expect(text).toContain('fetches 5 bytes in 1 layer, unpacked')
    expect(text).toContain('Docker with a graph driver fetches another 2.00 MB: 2 layers that it has')
    const none = { ...pull, bytes: 0, layers: 0, again: { bytes: 0, layers: 0 } }
    expect(table({ ...sample, pull: none }, plain)).toContain('a host that has nvidia-ml:1 fetches no layer')
  })

  it('names packages with both versions, and marks new ones and those that are gone', () => {
    const twin = sample.packages.flatMap(row => (row.name === 'torch' ? [{ ...row, root: '/opt/venv' }] : []))
    const text = table({ ...sample, packages: [...sample.packages, ...twin] }, plain)
    expect(text).toMatch(/\+150 MB {4}pip:nvidia-cublas-cu13 13\.0\.0\.19 → 13\.1\.0\.3\n/)
    expect(text).toMatch(/-50\.2 MB {2}- dpkg:g\+\+\\u202e 4:12\.2\.0-3\n/)
    expect(text).toMatch(/\+200 kB {2}\+ pip:evil /)
    expect(text).toContain('pip:torch 2.13.0 → 2.14.1 in /opt/venv')
  })

  it('says where a path was, and which rows a stored report does not tell for sure', () => {
    const text = table(sample, plain)
    expect(text).toMatch(/\+150 MB {2}grown .*libcublasLt\.so\.13\n +was .*libcublasLt\.so\.12\n/)
    expect(text).toMatch(/~-2\.00 MB {2}shrunk {2}the rest of \/opt\/app\n/)
    expect(text).toContain('~ is as far as a stored report tells')
    const exact = sample.paths.map(path => ({ ...path, exact: true }))
    expect(table({ ...sample, paths: exact }, plain)).not.toContain('~-2.00 MB')
    expect(table({ ...sample, paths: exact }, plain)).not.toContain('~ is as far')
  })

  it('has one line for layers that are kept, and every layer with all', () => {
    expect(part(table(sample, plain), 'LAYERS')[0]).toMatch(/288 MB +0 B {2}3 layers kept$/)
    const all = part(table(sample, { ...plain, all: true }), 'LAYERS')
    expect(all.filter(line => line.startsWith('  kept '))).toHaveLength(3)
    expect(all.join('\n')).not.toContain('layers kept')
  })

  it('says how to order instructions, other than those of a base image', () => {
    const own = table(sample, plain).replace(/\s+/g, ' ')
    expect(own).toContain('layer 3 is another, so 2 layers behind it (4, 6) had to be built again')
    expect(own).toContain('guide 4, Layer Optimization Checklist - RUN pip install torch==2.14.1')
    expect(own).toContain('order instructions from stable to volatile')
    expect(own).toContain('COPY --link')
    if (sample.invalidated === null) throw new Error('the sample has nothing that was built again')
    const base = table({ ...sample, invalidated: { ...sample.invalidated, base: true, layers: [6] } }, plain)
    expect(base).toContain('name it by digest')
    expect(base).not.toContain('stable to volatile')
    expect(base).not.toContain('COPY --link')
    expect(table({ ...sample, invalidated: null }, plain)).not.toContain('BUILT AGAIN')
  })

  it('says of a new finding that saves nothing more how to see it', () => {
    const findings = { new: sample.findings.new.slice(0, 1).map(one => ({ ...one, saves: 0 })), settled: [] }
    const lines = part(table({ ...sample, findings }, plain), 'NEW FINDINGS')
    expect(lines).toEqual(['  1 change would save 0 B: --all shows it'])
  })

  it('names a layer that was moved', () => {
    const layers = sample.layers.map(row =>
      row.change === 'kept' && row.size.files > 0 ? { ...row, change: 'moved' as const, before: 9 } : row,
    )
    const lines = part(table({ ...sample, layers }, plain), 'LAYERS')
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}moved {6}9 → \d .* 0 B {2}\S/))
  })

  it('tells of new findings as a report does, and of settled ones', () => {
    const text = table(sample, plain)
    expect(part(text, 'NEW FINDINGS').join('\n')).toContain('+ COPY --chown=1000:1000')
    expect(text).toContain('! the image runs as root')
    expect(text).toContain('SETTLED  20,000,000 bytes')
    const none = table({ ...sample, findings: { new: [], settled: [] } }, plain)
    expect(none).not.toMatch(/NEW FINDINGS|SETTLED|OF NO BYTES|No waste/)
  })

  it('colours nothing but what it prints without colours', () => {
    const coloured = table(sample, { ...plain, colour: true })
    expect(coloured).toContain('\u001b[1m')
    expect(stripVTControlCharacters(coloured)).toBe(table(sample, plain))
  })

  it('prints no name that could harm a terminal, wherever it stands', () => {
    const evil: Comparison = JSON.parse(JSON.stringify(sample), (key, value) =>
      typeof value === 'string' && !enums.has(key) ? `${value}${hostile}\udcff\u009b31m\u202e` : value,
    )
    for (const all of [false, true]) {
      const text = table(evil, { ...plain, all })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/)
      for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(80)
    }
  })

  it('says in one line that both are the same image', () => {
    const notices = [{ code: 'same-image', message: 'both are the image sha256:ab12' }]
    const text = table({ ...sample, before: sample.after, notices, budgets: [] }, plain)
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      'Both are the same image: nothing changed, and there is nothing to pull.',
    )
    expect(text).not.toMatch(/WHY IT CHANGED|PACKAGES|PATHS|LAYERS|TO PULL/)
  })

  it('has no empty parts where only the configuration changed', () => {
    const { causes, layers, after } = sample
    const text = table(
      {
        ...sample,
        before: { ...sample.before, size: after.size },
        difference: { files: 0, unpacked: 0, stored: null, hidden: 0 },
        pull: { bytes: 0, kind: 'stored', layers: 0, again: { bytes: 0, layers: 0 } },
        invalidated: null,
        causes: causes.map(cause => ({ ...cause, before: cause.after, difference: 0 })),
        packages: [],
        unowned: [],
        paths: [],
        layers: layers.slice(0, 3),
        findings: { new: [], settled: [] },
        notices: [],
        budgets: [],
      },
      plain,
    )
    expect(text).toContain('no cause weighs more or less than before')
    expect(text).not.toMatch(/PACKAGES|PATHS|LAYERS|NOTICES|BUDGETS|FINDINGS/)
  })
})

/** Fields whose words are given. */
const enums = new Set(['kind', 'change', 'verdict', 'unit', 'manager'])
