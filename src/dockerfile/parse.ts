import { DockerfileParser, type Instruction } from 'dockerfile-ast'
import { showName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import type { Dockerfile } from './dockerfile.ts'
import { type Written, writtenOf } from './written.ts'

/** An instruction as it stands in a Dockerfile. */
export interface Line extends Written {
  /** In capitals. */
  readonly word: string
  /** Lines, from 1. */
  readonly start: number
  readonly end: number
}

/** Everything from one FROM to the next. */
export interface Stage {
  /** What it is called by; undefined where it has no name. */
  readonly name?: string
  /** What it is FROM: an image, or the name of a stage before it. */
  readonly from: string
  /** Its FROM. */
  readonly first: Line
  readonly lines: readonly Line[]
}

export interface Stages {
  /** ARGs before the first FROM, which every FROM can use. */
  readonly head: readonly Line[]
  readonly stages: readonly [Stage, ...Stage[]]
}

/** More than any builder is given. */
const mostText = 2 << 20
// The parser looks through all stages for every comment: as many of both as real files have take a moment, the rest minutes.
const mostSearches = 2_000_000

/** The stages of a Dockerfile. Throws USAGE where it is none. */
export function parseStages({ path, text }: Dockerfile): Stages {
  const lines = linesOf(path, text.replace(/^\ufeff/, ''))
  const head: Line[] = []
  const stages: (Stage & { readonly lines: Line[] })[] = []
  for (const line of lines) {
    if (line.word === 'FROM') {
      const [from = '', as, name] = words(line.text)
      stages.push({
        from,
        first: line,
        lines: [],
        ...(name !== undefined && as?.toUpperCase() === 'AS' ? { name } : {}),
      })
    } else (stages.at(-1)?.lines ?? head).push(line)
  }
  const [first, ...others] = stages
  if (first === undefined) throw invalid(path, 'has no FROM')
  return { head, stages: [first, ...others] }
}

/** The words behind FROM, flags left out. */
function words(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '' && !word.startsWith('--'))
}

function linesOf(path: string, text: string): Line[] {
  if (text.length > mostText) throw invalid(path, 'is longer than 2 MiB')
  const froms = text.match(/^[ \t]*FROM[ \t]/gim)?.length ?? 0
  const comments = text.match(/^[ \t]*#/gm)?.length ?? 0
  if (froms * comments > mostSearches) throw invalid(path, `has ${froms} FROMs and ${comments} comments`)
  const parsed = parse(path, text)
  const escaping = parsed.getEscapeCharacter()
  const physical = text.split(/\r\n|\r|\n/)
  // A frontend of its own has instructions of its own.
  const open = /^[ \t]*#[ \t]*syntax[ \t]*=/im.test(text)
  return parsed.getInstructions().map(instruction => {
    const line = lineOf(instruction, physical, escaping)
    if (!open && !known.has(line.word)) {
      throw invalid(path, `has no Dockerfile instruction in line ${line.start}${mistyped(line.word)}`)
    }
    return line
  })
}

/** Shown where it looks like an instruction. The file can be a link to another one, whose lines are nobody's business. */
function mistyped(word: string): string {
  return /^[A-Z]{1,20}$/.test(word) ? `: ${word}` : ''
}

function parse(path: string, text: string): ReturnType<typeof DockerfileParser.parse> {
  try {
    const parsed = DockerfileParser.parse(text)
    const plain = withoutDoubled(text, parsed.getEscapeCharacter())
    return plain === text ? parsed : DockerfileParser.parse(plain)
  } catch (cause) {
    throw invalid(path, 'cannot be read as a Dockerfile', cause)
  }
}

/** Behind one escape character an instruction goes on in the next line, behind two, as of `COPY a C:\\`, it does not: the parser
 *  takes both for the same. */
function withoutDoubled(text: string, escaping: string): string {
  const ended = (line: string) => {
    let end = line.trimEnd()
    if (!end.endsWith(escaping + escaping)) return line
    while (end.endsWith(escaping)) end = end.slice(0, -1)
    return end
  }
  return text.split('\n').map(ended).join('\n')
}

function lineOf(instruction: Instruction, physical: readonly string[], escaping: string): Line {
  const { start, end } = instruction.getRange()
  const written = writtenOf(physical.slice(start.line, end.line + 1), escaping)
  return { ...written, word: instruction.getKeyword(), start: start.line + 1, end: end.line + 1 }
}

function invalid(path: string, what: string, cause?: unknown): ImgauditError {
  return new ImgauditError('USAGE', `${showName(path)} ${what}`, 'name the Dockerfile of the image', { cause })
}

const known = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
)
