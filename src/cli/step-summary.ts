import { appendFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import type { Host } from './host.ts'

/** Of a larger summary GitHub shows nothing at all, but an error: 1 MiB for each step. */
const limit = 2 ** 20
const leftOut = '_The report of imgaudit is left out: with it this summary would be larger than GitHub shows._\n'

/**
 * What adds to the summary of a GitHub Actions step; undefined where none is asked for. Each step has a file of its own, which
 * commands append to (docs.github.com, workflow commands: adding a job summary). What would make it too large for GitHub is
 * left out, which it says, so that what is there already is shown.
 */
export async function stepSummary(
  env: Host['env'],
  cwd: string,
): Promise<((markdown: string) => Promise<void>) | undefined> {
  const name = env.GITHUB_STEP_SUMMARY
  if (name === undefined || name === '') return undefined
  const path = resolve(cwd, name)
  return async markdown => {
    try {
      const there = await sizeOf(path)
      // What was written before may end within a line, or a table.
      const texts = [markdown, leftOut].map(text => (there === 0 ? text : `\n\n${text}`))
      const fits = texts.find(text => there + Buffer.byteLength(text) <= limit)
      if (fits !== undefined) await appendFile(path, fits)
    } catch (cause) {
      const message = `the step summary ${name} cannot be written: ${reasonOf(cause)}`
      throw new ImgauditError('OUTPUT_FAILED', message, 'unset GITHUB_STEP_SUMMARY, or name a file that can be', {
        cause,
      })
    }
  }
}

/** 0 of a file that is not there yet. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return 0
    throw cause
  }
}
