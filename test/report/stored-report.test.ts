import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import json from '../../src/report/json.ts'
import { readStoredReport } from '../../src/report/stored-report.ts'
import { sample } from './sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgaudit-stored-'))

afterAll(() => rmSync(folder, { recursive: true }))

/** A file of that text. */
function stored(text: string): string {
  const path = join(folder, 'report.json')
  writeFileSync(path, text)
  return path
}

async function refusal(path: string): Promise<Pick<ImgauditError, 'code' | 'message' | 'exitCode'>> {
  const error = await readStoredReport(path).then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(error instanceof ImgauditError)) throw new Error(`not refused as it should be: ${error}`)
  expect(error.message).not.toContain('\n')
  return { code: error.code, message: error.message.replaceAll(folder, '.'), exitCode: error.exitCode }
}

it('reads what was written, hostile names and all', async () => {
  expect(await readStoredReport(stored(json(sample)))).toEqual(sample)
})

it('passes over a byte order mark, blanks before the document, and fields that it does not know', async () => {
  expect(await readStoredReport(stored(`\uFEFF\n ${json(sample)}`))).toEqual(sample)
  const later = { ...sample, image: { ...sample.image, author: 'x' }, sbom: { packages: [] } }
  expect(await readStoredReport(stored(JSON.stringify(later)))).toEqual(sample)
})

it('names the version of a later schema, whatever else is in it', async () => {
  expect(await refusal(stored('{"schemaVersion": 2, "images": []}'))).toEqual({
    code: 'REPORT_NEWER',
    message: "./report.json has version 2 of the report's schema, this imgaudit reads up to 1",
    exitCode: 3,
  })
})

it.each([
  ['nothing', ''],
  ['text', 'nvidia-ml:latest is 6 GB'],
  ['a list', '[]'],
  ['a string', '"report"'],
  ['a report cut off', json(sample).slice(0, 5000)],
  ['a report cut off in its last character', json(sample).trimEnd().slice(0, -1)],
  ['two reports', json(sample).repeat(2)],
  ['nesting without end', '{"image":'.repeat(200_000)],
])('refuses %s', async (_, text) => {
  const message = './report.json is no report of imgaudit: it is no JSON object'
  expect(await refusal(stored(text))).toEqual({ code: 'REPORT_INVALID', message, exitCode: 3 })
})

it('refuses other JSON, and says where it differs', async () => {
  const { image, ...imageless } = sample
  const wrong = { ...sample, size: { ...sample.size, files: -1 } }
  const deep = `${'[{"findings":'.repeat(100_000)}0${'}]'.repeat(100_000)}`
  expect(await refusal(stored('{"name": "app"}'))).toMatchObject({
    code: 'REPORT_INVALID',
    message: expect.stringContaining('(schemaVersion: '),
  })
  expect((await refusal(stored(JSON.stringify(imageless)))).message).toContain('(image is missing)')
  expect((await refusal(stored(JSON.stringify(wrong)))).message).toContain('(size.files: ')
  const nested = JSON.stringify({ ...sample, findings: 0 }).replace('"findings":0', `"findings":${deep}`)
  expect((await refusal(stored(nested))).message).toContain('(findings.0')
})

it('passes over fields that it does not know, however deep they are', async () => {
  const deep = `${'[{"a":'.repeat(100_000)}0${'}]'.repeat(100_000)}`
  expect(await readStoredReport(stored(json(sample).replace('{', `{"deep": ${deep},`)))).toEqual(sample)
})

it('tells a missing file and a folder from one that is wrong', async () => {
  expect(await refusal(join(folder, 'none.json'))).toEqual({
    code: 'REPORT_MISSING',
    message: 'there is no report ./none.json',
    exitCode: 3,
  })
  expect(await refusal(folder)).toMatchObject({ code: 'REPORT_INVALID', message: '. is a folder, no report' })
})

it('does not read an archive whole to refuse it', async () => {
  const path = stored('')
  // More than a string can hold, and more than readFile takes.
  truncateSync(path, 2 ** 33)
  expect(await refusal(path)).toMatchObject({ message: './report.json is no report of imgaudit: it is no JSON object' })
})
