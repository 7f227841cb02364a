import { compare } from '../../../src/compare/compare.ts'
import { readStoredReport } from '../../../src/report/stored-report.ts'
import { trendOf } from '../../../src/trend/trend.ts'
import { sample } from '../../report/sample.ts'
import { drawReport } from '../audited.ts'
import { scratchFile } from '../surroundings.ts'
import type { Target } from '../target.ts'

/** A stored report: drawn, compared with itself and with another, and lined up. */
export const report: Target = {
  name: 'report',
  seeds: () => [Buffer.from(JSON.stringify(sample))],
  pieces: ['safe', 'check', 'keep', 'folder', 'file', 'waste', 'kept', 'pip', '2026-01-01T00:00:00Z', '/a/b', '`', '|'],
  json: true,
  async read(bytes) {
    const read = await readStoredReport(scratchFile('report.json', bytes))
    await drawReport(read)
    const policy = { limits: {}, ignore: [], now: new Date(0) }
    compare({ report: sample }, { report: read }, policy, '0.0.0')
    compare({ report: read }, { report: sample }, policy, '0.0.0')
    trendOf([sample, read], policy, policy.now, '0.0.0')
  },
}
