import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePipRecord, pipRecord } from '../../src/probe/pip-record.ts'
import { fixture } from './read.ts'

const packages = '/usr/local/lib/python3.11/site-packages'

describe('pip-record', () => {
  it('reads a real RECORD', () => {
    expect(parsePipRecord(fixture('six.RECORD'), `${packages}/six-1.17.0.dist-info/RECORD`)).toEqual({
      kind: 'pip-record',
      paths: [
        `${packages}/__pycache__/six.cpython-311.pyc`,
        `${packages}/six-1.17.0.dist-info/INSTALLER`,
        `${packages}/six-1.17.0.dist-info/LICENSE`,
        `${packages}/six-1.17.0.dist-info/METADATA`,
        `${packages}/six-1.17.0.dist-info/RECORD`,
        `${packages}/six-1.17.0.dist-info/WHEEL`,
        `${packages}/six-1.17.0.dist-info/top_level.txt`,
        `${packages}/six.py`,
      ],
    })
    expect(parsePipRecord(fixture('jsonpointer.RECORD'), `${packages}/j.dist-info/RECORD`)?.paths[0]).toBe(
      '/usr/local/bin/jsonpointer',
    )
  })

  it('reads the quotes, commas and data files that pip wrote', () => {
    const paths = parsePipRecord(fixture('odd.RECORD'), `${packages}/odd-1.0.dist-info/RECORD`)?.paths
    expect(paths).toHaveLength(12)
    expect(paths).toContain('/usr/local/share/odd/data.txt')
    expect(paths).toContain(`${packages}/odd/a,b "c".txt`)
    expect(paths).toContain(`${packages}/odd/ä.txt`)
  })

  it('knows absolute paths, climbs no higher than the root, and minds CRLF', () => {
    const text = '/etc/x.conf,,\r\n../../../../../../../bin/y,,\r\n./a//b/,,\r\n\r\n"q\r\nr","x,\n",1\r\nlast'
    expect(parsePipRecord(text, `${packages}/x.dist-info/RECORD`)?.paths).toEqual([
      '/etc/x.conf',
      '/bin/y',
      `${packages}/a/b`,
      `${packages}/q\r\nr`,
      `${packages}/last`,
    ])
    expect(parsePipRecord('a,,\n../b,,', '/x.dist-info/RECORD')?.paths).toEqual(['/a', '/b'])
  })

  it('reads the lines of installed-files.txt, relative to egg-info', () => {
    expect(parsePipRecord('../six,.py\nPKG-INFO\n', `${packages}/six.egg-info/installed-files.txt`)?.paths).toEqual([
      `${packages}/six,.py`,
      `${packages}/six.egg-info/PKG-INFO`,
    ])
  })

  it('gives up a list that no package has', () => {
    expect(parsePipRecord('a\n'.repeat(1_000_001), '/x.dist-info/RECORD')).toBeUndefined()
    expect(parsePipRecord('a\n'.repeat(200_000), `/${'x'.repeat(1000)}/x.dist-info/RECORD`)).toBeUndefined()
  })

  it('wants lists of installed files only', () => {
    expect(pipRecord.wants(`${packages}/six-1.17.0.dist-info/RECORD`, 1)).toBe(true)
    expect(pipRecord.wants(`${packages}/six-1.16.0.egg-info/installed-files.txt`, 1)).toBe(true)
    expect(pipRecord.wants(`${packages}/six-1.16.0.egg-info/SOURCES.txt`, 1)).toBe(false)
    expect(pipRecord.wants('/music/RECORD', 1)).toBe(false)
  })

  it("agrees with Python's csv module on random tables", () => {
    const piece = fc.constantFrom(
      'a',
      'b/c',
      '.',
      '..',
      '/',
      ',',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      ' ',
      'ü',
      '"x,y"',
      '"a\nb"',
    )
    const table = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''))
    const texts = fc.sample(table, { numRuns: 3000, seed: 5 })
    const told = execFileSync('python3', ['-c', csv], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    expect(texts.map(text => parsePipRecord(text, '/s/p/x.dist-info/RECORD')?.paths)).toEqual(JSON.parse(told))
  })

  it('agrees with importlib.metadata about every package of this Python', () => {
    const told: unknown = JSON.parse(execFileSync('python3', ['-c', installed], { encoding: 'utf8', maxBuffer: 1e9 }))
    if (!Array.isArray(told)) throw new Error('no list')
    expect(told.length).toBeGreaterThan(0)
    for (const { path, text, paths } of told) expect(parsePipRecord(text, path)?.paths).toEqual(paths)
  })
})

const csv = `
import csv, io, json, posixpath, sys
def clean(name): return '/' + posixpath.normpath(posixpath.join('/s/p', name)).lstrip('/')
rows = lambda text: csv.reader(io.StringIO(text, newline=''))
json.dump([[clean(row[0]) for row in rows(text) if row and row[0]] for text in json.load(sys.stdin)], sys.stdout)
`

const installed = `
import json, os, sys
from importlib import metadata
out = []
for dist in metadata.distributions():
    text = dist.read_text('RECORD')
    if not text: continue
    paths = [os.path.normpath(str(dist.locate_file(file))) for file in dist.files]
    out.append(dict(path=os.path.join(str(dist._path), 'RECORD'), text=text, paths=paths))
json.dump(out, sys.stdout)
`
