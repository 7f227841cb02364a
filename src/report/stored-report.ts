import { access, constants, readFile, stat } from 'node:fs/promises'
import type { ZodError } from 'zod'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { isJsonFile } from './json-file.ts'
import { type Report, reportSchema } from './schema.ts'
import { schemaVersion } from './schema-version.ts'

/** Reads what `-o report.json` wrote. Throws REPORT_MISSING, REPORT_INVALID, REPORT_NEWER. */
export async function readStoredReport(path: string): Promise<Report> {
  const document = await parsed(path)
  const version = typeof document === 'object' && document !== null ? Reflect.get(document, 'schemaVersion') : undefined
  if (Number.isInteger(version) && version > schemaVersion) {
    const message = `${path} has version ${version} of the report's schema, this imgaudit reads up to ${schemaVersion}`
    throw new ImgauditError('REPORT_NEWER', message, 'upgrade imgaudit, or store the report with this version')
  }
  const report = reportSchema.safeParse(document)
  if (report.success) return report.data
  throw new ImgauditError('REPORT_INVALID', `${path} is no report of imgaudit${faultOf(report.error)}`, fix)
}

/** ` (image is missing)`: of a comparison, or of what `imgaudit packages` prints, too. */
function faultOf({ issues: [issue] }: ZodError): string {
  if (issue === undefined || issue.path.length === 0) return ''
  const place = issue.path.join('.')
  return issue.message.endsWith('received undefined') ? ` (${place} is missing)` : ` (${place}: ${issue.message})`
}

const fix = 'store one: imgaudit <image> -o report.json'

async function parsed(path: string): Promise<unknown> {
  try {
    await access(path, constants.R_OK)
    // An archive that is named by mistake is not read whole to be told from a report.
    if ((await stat(path)).isFile() && !(await isJsonFile(path))) throw new SyntaxError('no object')
    return JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT')
      throw new ImgauditError('REPORT_MISSING', `there is no report ${path}`, fix, { cause })
    if (codeOf(cause) === 'EISDIR') {
      throw new ImgauditError('REPORT_INVALID', `${path} is a folder, no report`, 'name a report in it', { cause })
    }
    if (cause instanceof SyntaxError) {
      throw new ImgauditError('REPORT_INVALID', `${path} is no report of imgaudit: it is no JSON object`, fix, {
        cause,
      })
    }
    throw new ImgauditError('REPORT_INVALID', `${path} cannot be read: ${reasonOf(cause)}`, fix, { cause })
  }
}
