import type { Explanation } from '../report/explanation.ts'
import type { View } from '../report/index.ts'
import { jsonText } from '../report/json.ts'
import type { Host } from './host.ts'
import { policyOf } from './policy.ts'
import { publisher } from './publish.ts'
import { reading } from './reading.ts'
import type { ReportOptions } from './report-options.ts'

/** Says why an image has a path, and prints it, also into files. Answers with the exit code. */
export async function why(host: Host, reference: string, path: string, options: ReportOptions): Promise<number> {
  const publish = await publisher(host, options, explanationFormats)
  const { gpu } = await policyOf(host, options, reference)
  const { explain } = await import('../audit.ts')
  await publish(await reading(host, options, surroundings => explain(reference, path, { ...surroundings, gpu })))
  return 0
}

const explanationFormats: View<Explanation> = {
  table: async () => (await import('../report/table/why.ts')).whyText,
  json: async () => jsonText,
}
