import type { Explanation } from '../report/explanation.ts'
import type { FormatOptions } from '../report/format.ts'
import type { FormatName } from '../report/index.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import { outputFile, writeWhole } from './output-file.ts'
import { print } from './print.ts'
import { reading } from './reading.ts'
import type { ReportOptions } from './report-on.ts'

/** Says why an image has a path, and prints it, also into files. Answers with the exit code. */
export async function why(host: Host, reference: string, path: string, options: ReportOptions): Promise<number> {
  const files = await Promise.all(options.output.map(name => outputFile(name, host.cwd)))
  const { explain } = await import('../audit.ts')
  const found = await reading(host, options, async surroundings => explain(reference, path, surroundings))
  const { top, all } = options
  const look = { width: columnsOf(host.stdout), colour: coloursOn(host.stdout, host.env, options.color), top, all }
  await print(host.stdout, await draw(found, options.format, look))
  for (const file of files) {
    await writeWhole(file.path, await draw(found, file.format, { ...look, width: 80, colour: false }))
  }
  return 0
}

async function draw(found: Explanation, format: FormatName, look: FormatOptions): Promise<string> {
  if (format === 'json') return (await import('../report/json.ts')).jsonText(found)
  return (await import('../report/table/why.ts')).whyText(found, look)
}
