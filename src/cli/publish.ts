import { randomUUID } from 'node:crypto'
import { ImgauditError } from '../error.ts'
import type { FormatOptions, Formatter } from '../report/format.ts'
import type { FormatName, View } from '../report/index.ts'
import { withoutCommands } from '../report/workflow-command.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import { type OutputFile, outputFile, writablePath, writeWhole } from './output-file.ts'
import { print } from './print.ts'
import { stepSummary } from './step-summary.ts'

/** What the command line says of how and where to print. */
export interface PublishOptions {
  /** On standard output, one after the other. */
  readonly format: readonly FormatName[]
  readonly output: readonly string[]
  /** A file that gets all entries. */
  readonly entries?: string
  readonly top: number
  readonly all: boolean
  readonly color: boolean
}

/** Prints a document on standard output and into files. */
export type Publish<Document> = (document: Document) => Promise<void>

/**
 * Makes sure that a command has every format that is asked for and that every file can be written, before an image is read.
 * Answers with what then prints: everything is drawn before anything is written.
 */
export async function publisher<Document>(
  host: Host,
  options: PublishOptions,
  view: View<Document>,
): Promise<Publish<Document>> {
  const { top, all, format: formats } = options
  const files = await Promise.all(options.output.map(name => outputFile(name, host.cwd)))
  const paths = files.map(({ path }) => path)
  if (options.entries !== undefined) paths.push(await writablePath(options.entries, host.cwd))
  const twice = paths.find((path, at) => paths.indexOf(path) < at)
  if (twice !== undefined) throw new ImgauditError('USAGE', `${twice} would be written twice`, 'name another file')
  const drawing = new Map<FormatName, Formatter<Document>>()
  for (const name of [...formats, ...files.map(file => file.format)]) drawing.set(name, await formatter(view, name))
  const summary = formats.includes('github') ? await stepSummary(host.env, host.cwd) : undefined
  const summarize = summary === undefined ? undefined : await formatter(view, 'markdown')
  const look = { width: columnsOf(host.stdout), colour: coloursOn(host.stdout, host.env, options.color), top, all }
  const plain = { ...look, width: 80, colour: false }
  return async document => {
    const draw = (name: FormatName, how: FormatOptions) => drawing.get(name)?.(document, how) ?? ''
    const inJob = formats.includes('github')
    const printed = (name: FormatName) =>
      inJob && name !== 'github' ? withoutCommands(draw(name, look), randomUUID()) : draw(name, look)
    const text = formats.map(printed).join('')
    const written = files.map((file: OutputFile) => [file.path, draw(file.format, plain)] as const)
    const summed = summarize?.(document, plain)
    for (const [path, content] of written) await writeWhole(path, content, host.signal)
    await print(host, text)
    if (summed !== undefined) await summary?.(summed)
  }
}

async function formatter<Document>(view: View<Document>, name: FormatName): Promise<Formatter<Document>> {
  const load = view[name]
  if (load !== undefined) return load()
  const there = Object.keys(view)
  throw new ImgauditError('USAGE', `this command cannot print ${name}`, `it prints ${there.join(', ')}`)
}
