import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { normalizedName, parsePipMetadata, pipMetadata } from '../../src/probe/pip-metadata.ts'
import { fixture, pushed } from './read.ts'

const path = '/usr/lib/python3/dist-packages/torch-2.4.0.dist-info/METADATA'

describe('pip-metadata', () => {
  it('reads real metadata', () => {
    expect(parsePipMetadata(fixture('six.METADATA'))).toEqual({
      kind: 'pip-metadata',
      name: 'six',
      version: '1.17.0',
      requires: [],
    })
    expect(parsePipMetadata(fixture('wsgiref.egg-info'))).toMatchObject({ name: 'wsgiref', version: '0.1.2' })
  })

  it('names what is required, without extras', () => {
    const text = [
      'Metadata-Version: 2.1',
      'Name: torch',
      'Version: 2.4.0',
      'Requires-Dist: typing-extensions (>=4.8.0)',
      "Requires-Dist: nvidia_cuda.runtime-cu12 ==12.1.105 ; platform_system == 'Linux' and platform_machine == 'x86_64'",
      'Requires-Dist: optree>=0.11.0; extra == "optree"',
      'Requires-Dist: opt-einsum; python_version < "3.9" and extra == "opt-einsum"',
      'Requires-Dist: jinja2[i18n]',
      'Requires-Dist: extra-name @ https://example.com/extra.whl',
      'License: a text',
      '        Name: not this one',
      '',
      'Name: nor this',
    ]
    expect(parsePipMetadata(text.join('\r\n'))).toEqual({
      kind: 'pip-metadata',
      name: 'torch',
      version: '2.4.0',
      requires: ['typing-extensions', 'nvidia-cuda-runtime-cu12', 'jinja2', 'extra-name'],
    })
  })

  it('has no record without name and version', () => {
    expect(parsePipMetadata('Metadata-Version: 2.1\nName: x\n')).toBeUndefined()
    expect(parsePipMetadata('\nName: x\nVersion: 1\n')).toBeUndefined()
  })

  it.each(['\n', '\r\n'])('stops at the first empty line, wherever chunks end (%j)', newline => {
    const header = ['Name: x', 'Version: 1', 'License: a', '  b', ''].join(newline)
    const bytes = Buffer.from(`${header}${newline}${'description\n'.repeat(100_000)}`)
    for (const chunk of [1, 2, 3, 7, header.length, header.length + 1, 65_536]) {
      const reader = pipMetadata.begin(path, bytes.length)
      let at = 0
      for (let next = 0; next !== Infinity; next = reader.push(bytes.subarray(at, at + chunk), at)) at = next
      expect(at).toBeLessThan(header.length + newline.length)
      expect(reader.end()).toMatchObject({ name: 'x', version: '1' })
    }
  })

  it('a description of any size is no reason to give up', () => {
    const reader = pipMetadata.begin(path, 2 ** 31)
    expect(reader.push(Buffer.from('Name: x\nVersion: 1\n\n'), 0)).toBe(Infinity)
    expect(reader.end()).toMatchObject({ name: 'x' })
  })

  it('wants metadata in both shapes', () => {
    expect(pipMetadata.wants(path, 1)).toBe(true)
    expect(pipMetadata.wants('/x/six-1.16.0.egg-info/PKG-INFO', 1)).toBe(true)
    expect(pipMetadata.wants('/usr/lib/python2.7/wsgiref.egg-info', 1)).toBe(true)
    expect(pipMetadata.wants('/src/PKG-INFO', 1)).toBe(false)
    expect(pushed(pipMetadata, path, Buffer.from(fixture('six.METADATA')), 100).end()).toMatchObject({ name: 'six' })
  })

  it('normalizes names as PEP 503 does', () => {
    expect(normalizedName('Foo._-.Bar__baz')).toBe('foo-bar-baz')
  })

  it('agrees with importlib.metadata about every package of this Python', () => {
    const told: unknown = JSON.parse(execFileSync('python3', ['-c', oracle], { encoding: 'utf8', maxBuffer: 1e9 }))
    if (!Array.isArray(told)) throw new Error('no list')
    expect(told.length).toBeGreaterThan(0)
    for (const { text, ...expected } of told)
      expect(parsePipMetadata(text)).toEqual({ kind: 'pip-metadata', ...expected })
  })
})

// Requirements read by the reference implementation that pip carries; an extra is needed where no environment without
// one satisfies what is said about extras.
const oracle = `
import json, re, sys
from importlib import metadata
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name
out = []
for dist in metadata.distributions():
    text = dist.read_text('METADATA')
    if not text: continue
    names = [canonicalize_name(r.name) for r in map(Requirement, dist.requires or []) if 'extra' not in str(r.marker)]
    out.append(dict(text=text, name=dist.metadata['Name'], version=dist.version, requires=list(dict.fromkeys(names))))
json.dump(out, sys.stdout)
`
