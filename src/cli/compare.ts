import { compare } from '../compare/compare.ts'
import { comparisonFormats } from '../compare/index.ts'
import { version } from '../version.ts'
import { dockerfileOf } from './dockerfile.ts'
import type { Host } from './host.ts'
import { policyOf } from './policy.ts'
import { publisher } from './publish.ts'
import { reading } from './reading.ts'
import { verdict } from './report-on.ts'
import type { ReportOptions } from './report-options.ts'
import { checkInput, refuseForReports, storedReport } from './stored.ts'

/** Compares two images, or stored reports of them, and prints what changed. Answers with the exit code. */
export async function compareImages(
  host: Host,
  before: string,
  after: string,
  options: ReportOptions,
): Promise<number> {
  checkInput([before, after])
  const publish = await publisher(host, options, comparisonFormats)
  const dockerfile = await dockerfileOf(host, options)
  // Reports first: what is wrong with one is told before an image is read.
  const [old, young] = [await storedReport(host, before), await storedReport(host, after)]
  if (old !== undefined && young !== undefined) refuseForReports(options)
  const { gpu, ...policy } = await policyOf(host, options, young?.image.reference ?? after)
  const { auditSide, placed } = await import('../audit.ts')
  const comparison = await reading(host, options, async surroundings => {
    const asked = { ...surroundings, gpu }
    const from = old === undefined ? await auditSide(before, asked) : { report: old }
    const to =
      young === undefined
        ? await auditSide(after, { ...asked, ...dockerfile })
        : { report: await placed(young, dockerfile.dockerfile) }
    return compare(from, to, { ...policy, now: host.now() }, version)
  })
  await publish(comparison)
  return verdict(host, options, comparison.budgets)
}
