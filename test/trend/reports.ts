import type { Report } from '../../src/report/schema.ts'
import { sample } from '../report/sample.ts'

/** The sample's report of another image: its reference, when it was made, and what its causes weigh. */
export function reportOf(
  reference: string,
  created: string | null,
  causes: readonly (readonly [cause: string, kind: 'waste' | 'kept', bytes: number])[],
): Report {
  const files = causes.reduce((sum, [, , bytes]) => sum + bytes, 0)
  return {
    ...sample,
    image: { ...sample.image, reference, created, id: `sha256:${Buffer.from(reference).toString('hex')}` },
    size: { ...sample.size, files, hidden: 0 },
    causes: causes.map(([cause, kind, bytes]) => ({ cause, kind, bytes, stored: null })),
    notices: [{ code: 'not-verified', message: 'of one image' }],
  }
}
