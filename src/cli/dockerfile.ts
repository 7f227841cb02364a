import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import type { AuditOptions } from '../audit.ts'
import { reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import type { Host } from './host.ts'
import type { ReportOptions } from './report-options.ts'

/** Reads what `--dockerfile` names, and refuses what is no Dockerfile before an image is read for minutes. */
export async function dockerfileOf(
  host: Pick<Host, 'cwd' | 'env'>,
  { dockerfile: path, target }: Pick<ReportOptions, 'dockerfile' | 'target'>,
): Promise<Pick<AuditOptions, 'dockerfile'>> {
  if (path === undefined) {
    if (target === undefined) return {}
    throw new ImgauditError('USAGE', '--target names a stage of no Dockerfile', 'name it too: --dockerfile Dockerfile')
  }
  const text = await textOf(resolve(host.cwd, path), path)
  const dockerfile = { path: inRepository(host, path), text, ...(target === undefined ? {} : { target }) }
  const { planOf } = await import('../dockerfile/steps.ts')
  planOf(dockerfile)
  return { dockerfile }
}

async function textOf(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ImgauditError('USAGE', `${name} cannot be read: ${reasonOf(cause)}`, 'name the Dockerfile of the image', {
      cause,
    })
  }
}

/** As annotations want it: from the repository on that a job of GitHub or GitLab runs for, wherever in it the command runs, else
 *  from the working folder on; as it was named where it lies in neither. */
function inRepository({ cwd, env }: Pick<Host, 'cwd' | 'env'>, path: string): string {
  const folders = [env.GITHUB_WORKSPACE, env.CI_PROJECT_DIR, cwd].flatMap(folder => folder || [])
  const places = folders.map(folder => relative(resolve(cwd, folder), resolve(cwd, path)))
  return places.find(place => !isAbsolute(place) && !/^\.\.(?:[/\\]|$)/.test(place)) ?? path
}
