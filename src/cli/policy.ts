import { resolve } from 'node:path'
import { type ConfigurationFile, fileAt, findConfiguration } from '../config/find.ts'
import { ImgauditError } from '../error.ts'
import { overridden, type Policy } from '../report/limits.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'

/** What an image is held to: what the configuration says of it, and what the command line says instead. Throws
 *  CONFIG_INVALID, RULE_UNKNOWN. */
export async function policyOf(
  host: Host,
  { limits, gpu, config }: Pick<ReportOptions, 'limits' | 'gpu' | 'config'>,
  reference: string,
): Promise<Policy & { readonly gpu: readonly string[] }> {
  if (Object.keys(limits).length > 0) (await import('../config/check-policy.ts')).checkPolicy({ limits })
  const file = await fileOf(host, config)
  if (file === undefined) return { limits, ignore: [], gpu: gpu ?? [] }
  const { readConfiguration } = await import('../config/read.ts')
  const { configurationFor } = await import('../config/configuration.ts')
  const said = configurationFor(await readConfiguration(file), reference)
  return { limits: overridden(said.limits, limits), ignore: said.ignore, gpu: gpu ?? said.gpu }
}

/** Throws USAGE where growth is limited, but nothing named that it is measured against. */
export function checkGrowth({ limits, against }: Pick<ReportOptions, 'limits' | 'against'>): void {
  if (limits.growth === undefined || against !== undefined) return
  const fix = 'name an earlier image, or its report: --against report.json'
  throw new ImgauditError('USAGE', '--max-growth has nothing to measure against', fix)
}

async function fileOf({ cwd }: Host, config: ReportOptions['config']): Promise<ConfigurationFile | undefined> {
  if (config === false) return undefined
  if (config === '') throw new ImgauditError('USAGE', '--config names no file', 'name one, or leave it out')
  return config === true ? findConfiguration(cwd) : fileAt(resolve(cwd, config), config)
}
