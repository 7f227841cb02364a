import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ImgauditError } from '../error.ts'
import { isJsonFile } from '../report/json-file.ts'
import type { Report } from '../report/schema.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'

const scheme = 'report:'

/** The stored report that a reference names; undefined where it names an image. Throws REPORT_MISSING for what can be nothing
 *  but a report, and is not there. */
export async function storedReport({ cwd }: Host, reference: string): Promise<Report | undefined> {
  const forced = reference.startsWith(scheme)
  const path = resolve(cwd, forced ? reference.slice(scheme.length) : reference)
  if (forced || (await isJsonFile(path))) {
    const { readStoredReport } = await import('../report/stored-report.ts')
    return readStoredReport(path)
  }
  if (reference.endsWith('.json') && (await stat(path).catch(() => undefined)) === undefined) {
    const fix = 'store one with imgaudit <image> -o report.json, or name an image with its prefix: docker:'
    throw new ImgauditError('REPORT_MISSING', `there is no report ${reference}`, fix)
  }
  return undefined
}

/** Options that a report cannot answer to any more. */
const ofImages = ['gpu', 'entries', 'base', 'baseLayers', 'platform', 'image', 'namespace', 'verify'] as const

/** Refuses what only an image could tell, where nothing but stored reports are named. Throws USAGE. */
export function refuseForReports(options: ReportOptions): void {
  const name = ofImages.find(name => options[name] !== undefined && options[name] !== false)
  if (name === undefined) return
  const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  const fix = 'leave it out, or name an image in the place of a report'
  throw new ImgauditError('USAGE', `${option} does nothing for stored reports: what they say was found before`, fix)
}

/** Throws USAGE where standard input is to be two images. */
export function checkInput(references: readonly (string | undefined)[]): void {
  if (references.filter(reference => reference === '-').length < 2) return
  throw new ImgauditError('USAGE', 'standard input is one image, not two', 'name a file for one of the two')
}
