import { randomUUID } from 'node:crypto'
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { type FormatName, formatByEnding } from '../report/index.ts'

/** A file that gets the report. */
export interface OutputFile {
  readonly path: string
  readonly format: FormatName
}

/** Makes sure that a file can be written, before minutes are spent on what goes into it. */
export async function outputFile(name: string, cwd: string): Promise<OutputFile> {
  const format = formatByEnding[extname(name)]
  if (format === undefined) {
    throw new ImgauditError(
      'USAGE',
      `the ending of ${name} names no format`,
      `give it one of these: ${Object.keys(formatByEnding).join(', ')}`,
    )
  }
  const path = await target(resolve(cwd, name))
  try {
    await access(dirname(path), constants.W_OK | constants.X_OK)
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory()) throw new ImgauditError('OUTPUT_FAILED', `${name} is a folder`, 'name a file in it')
    if (there !== undefined) await access(path, constants.W_OK)
  } catch (error) {
    throw error instanceof ImgauditError ? error : unwritable(name, error)
  }
  return { path, format }
}

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await writeFile(unfinished, text, { flag: 'wx' })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw unwritable(path, error)
  }
}

/** Where a link leads: renaming over it would put a file in the link's place. */
async function target(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function unwritable(name: string, cause: unknown): ImgauditError {
  const code = codeOf(cause)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ImgauditError(
      'OUTPUT_FAILED',
      `${name} cannot be written: ${dirname(name)} is no folder`,
      `mkdir -p ${dirname(name)}`,
      { cause },
    )
  }
  return new ImgauditError('OUTPUT_FAILED', `${name} cannot be written: ${reasonOf(cause)}`, 'name another file', {
    cause,
  })
}
