import { audit, explain } from '../../src/audit.ts'
import { compare } from '../../src/compare/compare.ts'
import { comparisonFormats } from '../../src/compare/index.ts'
import type { EntryRow } from '../../src/report/entry-schema.ts'
import type { FormatOptions } from '../../src/report/format.ts'
import { formats } from '../../src/report/index.ts'
import { type Report, reportSchema } from '../../src/report/schema.ts'
import type { OpenOptions } from '../../src/source/source.ts'
import { surroundings } from './surroundings.ts'

const look: FormatOptions = { width: 80, colour: false, top: 10, all: true }

/** Audits an archive out of standard input, asks for the whole of its last path, and draws all that can be drawn. */
export async function auditArchive(archive: Buffer): Promise<void> {
  let last: string | undefined
  const entries = async (rows: Iterable<EntryRow>) => {
    for (const { path } of rows) last = path
  }
  const options = (): OpenOptions => ({ ...surroundings(archive), platform: 'linux/amd64' })
  const report = await audit('-', { ...options(), cache: false, gpu: ['H100'], entries })
  checkReport(report)
  await drawReport(report)
  if (last !== undefined) await explain('-', last, { ...options(), cache: false })
}

/** A report must be what its schema says, and its causes the whole of the image. */
function checkReport(report: Report): void {
  const checked = reportSchema.safeParse(report)
  if (!checked.success) throw new Error(`the report is not of its schema: ${checked.error.message}`)
  const bytes = report.causes.reduce((sum, cause) => sum + cause.bytes, 0)
  if (bytes !== report.size.files) throw new Error(`causes of ${bytes} bytes, files of ${report.size.files}`)
}

/** Draws a report, and a comparison of it with itself, in every format. */
export async function drawReport(report: Report): Promise<void> {
  for (const load of Object.values(formats)) (await load())(report, look)
  const comparison = compare({ report }, { report }, { limits: {}, ignore: [], now: new Date(0) }, '0.0.0')
  for (const load of Object.values(comparisonFormats)) (await load())(comparison, look)
}
