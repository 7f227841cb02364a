import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import type { Log, Result, Run } from 'sarif'
import { describe, expect, it } from 'vitest'
import { auditImage } from '../../src/audit.ts'
import compared from '../../src/compare/sarif.ts'
import type { Judged } from '../../src/report/format.ts'
import sarif from '../../src/report/sarif.ts'
import { rules } from '../../src/rule/index.ts'
import { sample as comparison } from '../compare/sample.ts'
import { type Fixture, openFixture } from '../fixture.ts'
import { expectGolden } from './golden.ts'
import { evil, problems, quiet } from './problems.ts'
import { sample } from './sample.ts'

const validate = await officialSchema()

/** Ajv knows no draft 4: what the file has of it that later drafts have not is the name of its address. */
async function officialSchema() {
  const text = await readFile(new URL('../../fixtures/sarif/sarif-schema-2.1.0.json', import.meta.url), 'utf8')
  const { $schema, id, ...schema } = JSON.parse(text)
  expect([$schema, id]).toEqual([expect.stringContaining('draft-04'), expect.stringContaining('sarif-2.1.0')])
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  ajv.addFormat('uri', uri => URL.canParse(uri))
  ajv.addFormat(
    'uri-reference',
    uri => /^[\w.~:/?#@!$&'()*+,;=%-]*$/.test(uri) && URL.canParse(uri, 'https://a.example/'),
  )
  ajv.addFormat('date-time', true)
  return ajv.compile(schema)
}

function runOf(text: string): Run {
  const log: Log = JSON.parse(text)
  validate(log)
  expect(validate.errors).toBeNull()
  const [run] = log.runs
  if (run === undefined) throw new Error('a log without a run')
  return run
}

function resultsOf(judged: Judged): Result[] {
  return runOf(sarif(judged)).results ?? []
}

/** `docker/Dockerfile:30-32`. */
function placesOf(results: readonly Result[]): string[] {
  return results.map(({ locations: [{ physicalLocation: place } = {}] = [] }) => {
    return `${place?.artifactLocation?.uri}:${place?.region?.startLine}-${place?.region?.endLine}`
  })
}

describe('SARIF', () => {
  it('looks like this', () => expectGolden('problems.sarif', sarif(problems)))

  it('is what the official schema says, of every fixture, of what is new, and of nothing', async () => {
    for (const { id } of rules) {
      const { default: fixture }: { readonly default: Fixture } = await import(`../../fixtures/rule/${id}.ts`)
      await using image = await openFixture(fixture, 'seek')
      const run = runOf(sarif(await auditImage(image, { limits: { size: { bytes: 1 }, failOn: [id] } })))
      const [found] = (run.results ?? []).filter(({ ruleId }) => ruleId === id)
      // Those that all is kept of have nothing to say.
      if (found !== undefined) expect(run.tool.driver.rules?.[found.ruleIndex ?? -1]?.id).toBe(id)
    }
    for (const judged of [sample, problems, quiet]) runOf(sarif(judged))
    for (const result of runOf(compared(comparison)).results ?? []) expect(result.baselineState).toBe('new')
    expect(resultsOf(quiet)).toEqual([])
    // It does tell what is wrong.
    expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false)
  })

  it('has every problem once, by how bad it is, and none that has to stay', () => {
    const results = resultsOf(problems)
    expect(results.map(({ ruleId, level }) => `${ruleId?.slice(0, 20)} ${level}`)).toEqual([
      'budget/waste error',
      'budget/layer error',
      'budget/failOn.secret error',
      'budget/causes./opt/< error',
      'pip-cache warning',
      'rewritten warning',
      'apt-lists note',
      'apt-cache note',
      'duplicate-files note',
      'secrets error',
      'root-user note',
      'rewritten warning',
    ])
  })

  it('stands at the lines of the Dockerfile, else in its first', () => {
    const [dockerfile, first] = ['docker/Dockerfile:', 'docker/Dockerfile:1-1']
    expect(placesOf(resultsOf(problems))).toEqual([
      ...[first, `${dockerfile}50-52`, first, first],
      ...[`${dockerfile}30-32`, `${dockerfile}50-52`],
      ...[first, first, first, first, first, `${dockerfile}50-52`],
    ])
  })

  it.each([
    ['nvidia-ml:latest', 'nvidia-ml'],
    ['host:5000/a b/c:1@sha256:ab', 'host%3A5000/a%20b/c'],
    ['docker:app:1', 'app'],
    ['docker-archive:../../x/app:1.tar', 'x/app%3A1.tar'],
    ['/etc/passwd', 'etc/passwd'],
    ['../..', 'image'],
    ['javascript:alert(1)//', 'javascript%3Aalert(1)'],
    [`-${evil}`, expect.stringMatching(/^-[\w.~%()!*'/-]+$/)],
  ])('stands in the image without a Dockerfile: %j', (reference, uri) => {
    const [result] = resultsOf({ ...sample, image: { ...sample.image, reference } })
    expect(result?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri },
      region: { startLine: 1, endLine: 1 },
    })
  })

  it.each([
    ['./a b/Docker%41file?#[x]', 'a%20b/Docker%2541file%3F%23%5Bx%5D'],
    ['../Dockerfile', '../Dockerfile'],
    ['/src/Dockerfile', 'file:///src/Dockerfile'],
    [evil, expect.stringMatching(/^[\w.~%()!*'/-]+$/)],
  ])('has a URI for the Dockerfile %j', (path, uri) => {
    const layers = sample.layers.map(layer => ({ ...layer, dockerfile: { path, start: 1, end: 1 } }))
    const [result] = resultsOf({ ...sample, layers })
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual({ uri })
  })

  it('names the layer, ten paths and the rest', () => {
    const [location] = resultsOf(problems).at(-1)?.locations ?? []
    const names = location?.logicalLocations?.map(({ name }) => name)
    expect(names).toHaveLength(12)
    expect([names?.[0], names?.[11]]).toEqual(['layer 5', '4 more paths, 4.00 kB'])
  })

  it('has nothing that is ignored: GitHub would make an alert of it all the same', () => {
    const all = { ...problems, findings: problems.findings.map(finding => ({ ...finding, ignored: null })) }
    const rulesOf = (judged: Judged) => resultsOf(judged).map(({ ruleId }) => ruleId)
    expect(rulesOf(all)).toContain('python-extras')
    expect(rulesOf(problems)).not.toContain('python-extras')
    // What is ignored in part is a problem still.
    expect(rulesOf(problems)).toContain('apt-lists')
  })

  it('makes no links of names', () => {
    const texts = resultsOf(problems).map(({ message }) => message.text ?? '')
    expect(texts.some(text => text.includes('\\[x\\](https://e.example)'))).toBe(true)
    expect(texts.some(text => /(?<!\\)\]\(/.test(text))).toBe(false)
  })
})

function prints(judged: Judged): (string | undefined)[] {
  return resultsOf(judged).map(({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash)
}

describe('fingerprints', () => {
  it('are each another, also of equal problems', () => {
    const twice = { ...problems, findings: [...problems.findings, ...problems.findings], budgets: problems.budgets }
    for (const judged of [problems, twice]) expect(new Set(prints(judged)).size).toBe(prints(judged).length)
    expect(prints(twice)).toEqual(expect.arrayContaining(prints(problems)))
  })

  it('stay over another tag, other sizes, and a layer put in front', () => {
    const grown: Judged = {
      ...problems,
      image: { ...problems.image, reference: 'nvidia-ml:next', id: 'sha256:other' },
      layers: problems.layers.map(layer => ({ ...layer, index: layer.index + 1 })),
      findings: problems.findings.map(finding => ({
        ...finding,
        message: finding.bytes === 0 ? finding.message : 'another number of files',
        bytes: finding.bytes * 2,
        saves: finding.saves * 2,
        fix: { ...finding.fix, layer: finding.fix.layer === null ? null : finding.fix.layer + 1 },
      })),
    }
    expect(prints(grown)).toEqual(prints(problems))
  })

  it('are others for another instruction', () => {
    const layers = problems.layers.map(layer => (layer.index === 3 ? { ...layer, createdBy: 'RUN other' } : layer))
    const changed = prints({ ...problems, layers }).filter((print, at) => print !== prints(problems)[at])
    expect(changed).toHaveLength(1)
  })

  it('stay where an instruction has another version in it', () => {
    const versions = (version: string): Judged => ({
      ...problems,
      layers: problems.layers.map(layer => ({ ...layer, createdBy: `RUN pip install torch==${version}` })),
    })
    expect(prints(versions('2.14.1'))).toEqual(prints(versions('2.13.0')))
  })

  it('are others for another image, and those of budgets also where both have one Dockerfile', () => {
    const other = (judged: Judged): Judged => ({ ...judged, image: { ...judged.image, reference: 'worker:1' } })
    const kept = (judged: Judged) => prints(other(judged)).filter(print => prints(judged).includes(print))
    expect(kept({ ...problems, layers: sample.layers })).toEqual([])
    expect(kept(problems)).toEqual(prints(problems).slice(4))
  })
})
