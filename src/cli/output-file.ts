import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { access, constants, lstat, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { trusted } from '../image/file-owner.ts'
import { type FormatName, formatByEnding, formatNames, isFormatName } from '../report/index.ts'
import { checkInterrupted, interrupted } from '../source/interruption.ts'
import { writePipe } from './pipe.ts'

/** A file that gets a document. */
export interface OutputFile {
  readonly path: string
  readonly format: FormatName
}

/** Makes sure that `report.json` or `gitlab=report.json` can be written, before minutes are spent on what goes into it. */
export async function outputFile(named: string, cwd: string): Promise<OutputFile> {
  const [, asked = '', rest = ''] = /^([a-z]+)=(.*)$/s.exec(named) ?? []
  if (asked !== '' && !isFormatName(asked)) {
    const fix = `there are ${formatNames.join(', ')}; a file of that name is ./${named}`
    throw new ImgauditError('USAGE', `there is no format ${asked} for -o ${named}`, fix)
  }
  const name = isFormatName(asked) ? rest : named
  const path = await writablePath(name, cwd)
  const format = isFormatName(asked) ? asked : formatByEnding[extname(name).toLowerCase()]
  if (format === undefined) {
    throw new ImgauditError(
      'USAGE',
      `the ending of ${name} names no format`,
      `give it one of these: ${Object.keys(formatByEnding).join(', ')}; or name one of ${formatNames.join(', ')}: -o json=${name}`,
    )
  }
  return { path, format }
}

/** Where a file that can be written really is. Throws USAGE, OUTPUT_FAILED. */
export async function writablePath(name: string, cwd: string): Promise<string> {
  if (name === '') throw new ImgauditError('USAGE', 'an output file has no name', 'name it: -o report.json')
  const named = resolve(cwd, name)
  if (name === '-' || standardOutput.has(named)) {
    throw new ImgauditError('USAGE', `${name} is standard output, which gets what -f says`, '-f json, without -o')
  }
  const path = await target(named)
  try {
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory()) throw new ImgauditError('OUTPUT_FAILED', `${name} is a folder`, 'name a file in it')
    if (there !== undefined) await access(path, constants.W_OK)
    if (there === undefined || there.isFile()) await access(dirname(path), constants.W_OK | constants.X_OK)
  } catch (error) {
    throw error instanceof ImgauditError ? error : unwritable(name, error)
  }
  return path
}

/** Where it leads to a file, the table would follow into what has just been replaced. */
const standardOutput: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/** Writes a file whole or not at all; a device or a pipe, which nothing may take the place of, as it comes. Throws
 *  OUTPUT_FAILED and INTERRUPTED. */
export async function writeWhole(path: string, text: string | Iterable<string>, signal: AbortSignal): Promise<void> {
  checkInterrupted(signal)
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    const there = await stat(path).catch(() => undefined)
    if (there?.isFIFO()) return await writePipe(path, text, signal)
    if (there !== undefined && !there.isFile()) return await writeFile(path, text, { signal })
    await writeFile(unfinished, text, { flag: 'wx', signal })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw signal.aborted ? interrupted() : unwritable(path, error)
  }
}

/** Where a link leads: renaming over it would put a file in the link's place. Throws OUTPUT_FAILED. */
async function target(path: string, hops = 0): Promise<string> {
  const link = await lstat(path).catch(() => undefined)
  if (link?.isSymbolicLink() !== true || hops > mostLinks) return realpath(path).catch(() => path)
  await checkLink(path, link)
  return target(resolve(dirname(path), await readlink(path)), hops + 1)
}

/** As many as Linux follows. */
const mostLinks = 40

/** In a folder where all may write, as /tmp, anybody can put a link to a file of this user in the way. Linux follows none there
 *  but the user's and the folder's owner's (proc_sys_fs(5), protected_symlinks); links that are read here go past its check. */
async function checkLink(path: string, link: Stats): Promise<void> {
  const folder = await stat(dirname(path))
  const shared = (folder.mode & (sticky | writableByAll)) === (sticky | writableByAll)
  if (!shared || link.uid === folder.uid || trusted(link)) return
  const message = `${path} is a link that somebody else has put into a folder where all may write`
  throw new ImgauditError('OUTPUT_FAILED', message, 'name a file in a folder of your own')
}

const sticky = 0o1000
const writableByAll = 0o2

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
