import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Judged } from '../../src/report/format.ts'
import junit from '../../src/report/junit.ts'
import { expectGolden } from './golden.ts'
import { evil, problems, quiet } from './problems.ts'
import { sample } from './sample.ts'

const python = await promisify(execFile)('python3', ['--version']).catch(() => undefined)
if (python === undefined) process.stderr.write('no python3: that JUnit is well-formed XML is not tested\n')

/** What Python's parser makes of each text: elements as `tag {attributes} text`, in document order. */
async function parsed(
  texts: readonly string[],
): Promise<[tag: string, attributes: Record<string, string>, text: string][][]> {
  const script = `
import json, sys, xml.etree.ElementTree as tree
texts = json.load(sys.stdin)
print(json.dumps([[[e.tag, e.attrib, e.text or ''] for e in tree.fromstring(t.encode()).iter()] for t in texts]))`
  const running = promisify(execFile)('python3', ['-c', script], { maxBuffer: 1 << 28 })
  running.child.stdin?.end(JSON.stringify(texts))
  return JSON.parse((await running).stdout)
}

describe('JUnit', () => {
  it('looks like this', () => expectGolden('junit.xml', junit(problems)))

  it('has one case that passes where nothing is to be kept to', () => {
    expect(junit(quiet)).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="imgaudit" tests="1" failures="0" errors="0" skipped="0">',
        '  <testsuite name="nvidia-ml:latest" tests="1" failures="0" errors="0" skipped="0">',
        '    <testcase classname="nvidia-ml" name="audited"/>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    )
  })

  it.runIf(python)('counts what it has, and says what it was told', async () => {
    const [elements = []] = await parsed([junit(problems)])
    const of = (tag: string) => elements.filter(([own]) => own === tag)
    for (const tag of ['testsuites', 'testsuite']) {
      expect(of(tag)[0]?.[1]).toMatchObject({ tests: '5', failures: '4' })
    }
    expect(of('testcase')).toHaveLength(5)
    expect(of('failure').map(([, { message }]) => message?.slice(0, 40))).toEqual([
      'waste is 2.20 GB, the limit is 500 MB: 1',
      'layer 5 is 750 MB, the limit is 1 B: 750',
      'secrets has 1 finding, none is allowed',
      expect.stringContaining('/opt/</failure>]]>"\'&<b>'),
    ])
    // The findings of a rule that may find nothing, and no other.
    expect(of('failure')[2]?.[2]).toContain('ENV sets HF_TOKEN, which looks like a token')
    expect(of('failure')[2]?.[2]).not.toContain('pip-cache')
    expect(of('failure')[1]?.[2]).toContain('rewritten')
    expect(of('failure')[1]?.[2]).not.toContain('pip-cache')
    const [, , printed] = of('system-out').at(-1) ?? []
    expect(printed).toContain('pip-cache (layer 3): /root/.cache/pip (48 files): 1.30 GB, safe to take')
    expect(printed).not.toContain('python-extras')
    expect(printed).not.toContain('replaced-later')
  })

  it('has the same cases whatever the tag, so that readers tell what is newly failed', () => {
    const casesOf = (reference: string) =>
      junit({ ...problems, image: { ...problems.image, reference } }).match(/<testcase [^>]*>/g)
    expect(casesOf('ghcr.io/a/b:3f2a1b9')).toHaveLength(problems.budgets.length)
    expect(casesOf('ghcr.io/a/b:3f2a1b9')).toEqual(casesOf('docker:ghcr.io/a/b:2'))
    expect(casesOf('ghcr.io/a/b:2')).not.toEqual(casesOf('ghcr.io/a/c:2'))
  })

  it.runIf(python)('is XML whatever the names', async () => {
    const letter = fc.oneof(
      fc.constantFrom(...evil, ']]>', '<!--', '<![CDATA[', '&#0;', '\u000b', '\u0085'),
      fc.string({ unit: 'binary' }),
    )
    const name = fc.array(letter, { maxLength: 8 }).map(parts => parts.join(''))
    const texts = fc.sample(name, 200).map(name => junit(named(name)))
    const documents = await parsed(texts)
    expect(documents).toHaveLength(200)
    for (const elements of documents) {
      expect(elements.map(([tag]) => tag)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure', 'system-out'])
    }
  })
})

function named(name: string): Judged {
  const [finding] = sample.findings
  if (finding === undefined) return quiet
  return {
    ...quiet,
    image: { ...sample.image, reference: name },
    findings: [{ ...finding, rule: name, message: name, because: [name], fix: { ...finding.fix, after: name } }],
    budgets: [{ budget: `causes.${name}`, limit: 0, value: 1, unit: 'bytes', share: null, layers: [], ok: false }],
  }
}
