import type { AuditOptions } from '../audit.ts'
import { ImgauditError } from '../error.ts'
import type { Report } from '../report/schema.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'
import { storedReport } from './stored.ts'

/** What growth is measured against; null where it is not there, which a first run in CI cannot help. */
export async function againstOf(
  host: Host,
  { against }: Pick<ReportOptions, 'against'>,
  audit: (reference: string) => Promise<Report>,
): Promise<Pick<AuditOptions, 'against'>> {
  if (against === undefined) return {}
  try {
    return { against: (await storedReport(host, against)) ?? (await audit(against)) }
  } catch (error) {
    if (error instanceof ImgauditError && missing.has(error.code)) return { against: null }
    throw error
  }
}

const missing: ReadonlySet<string> = new Set(['REPORT_MISSING', 'IMAGE_MISSING'])
