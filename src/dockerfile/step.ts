import { posix } from 'node:path'
import { maskSecrets } from '../image/secret-text.ts'
import { bareFolder, normalText, withoutFlags } from './normal.ts'
import type { Line } from './parse.ts'
import { expand, type Values } from './variables.ts'

/** An instruction that makes a layer, in the forms in which builders may have recorded it. */
export interface Step {
  readonly word: string
  readonly start: number
  readonly end: number
  readonly texts: ReadonlySet<string>
  /** As it is written, by words: variables in it can stand for anything. */
  readonly tokens: readonly string[]
  /** Of ADD and COPY: as written, as known, and from the root. */
  readonly destinations: ReadonlySet<string>
  /** WORKDIR makes a layer only where its folder is new, and not with every builder. */
  readonly optional: boolean
}

/** What is in force where an instruction stands. */
export interface Surroundings {
  readonly values: Values
  /** Undefined before the first WORKDIR that says it. */
  readonly folder: string | undefined
  /** What SHELL says; undefined for the builder's own. */
  readonly shell: string | undefined
}

/** The step that a RUN, COPY, ADD or WORKDIR is. */
export function stepOf(line: Line, around: Surroundings): Step {
  const { word, start, end } = line
  const place = { word, start, end, optional: word === 'WORKDIR' }
  if (word === 'RUN')
    return { ...place, texts: ranTexts(line, around), tokens: tokensOf(masked(line)), destinations: none }
  const written = listed(withoutFlags(word, line.text)).join(' ')
  const known = expand(written, around.values)
  const raw = normalText(word, maskSecrets(`${word} ${written}`).slice(word.length))
  const destinations = new Set([written, known].flatMap(text => destinationsOf(text, around.folder)))
  const texts = new Set([raw, normalText(word, maskSecrets(`${word} ${known}`).slice(word.length))])
  if (word === 'WORKDIR') for (const destination of destinations) texts.add(destination)
  return { ...place, texts, tokens: tokensOf(raw), destinations }
}

const none: ReadonlySet<string> = new Set()

export function tokensOf(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}

/** The command of a RUN, secrets masked as they are in what a builder recorded. */
function masked({ word, text, body }: Line): string {
  const command = [withoutFlags(word, text).replace(/[ \t]{2,}/g, ' '), ...body].join('\n')
  return normalText(word, maskSecrets(`RUN ${command}`).slice(4))
}

function ranTexts(line: Line, { shell }: Surroundings): Set<string> {
  const texts = new Set([masked(line)])
  const command = withoutFlags(line.word, line.text)
  const list = listed(command)
  if (list.length > 1 || list[0] !== command) texts.add(masked({ ...line, text: list.join(' '), body: [] }))
  const name = /^<<-?(["']?)([\w.-]+)\1$/.exec(command)?.[2]
  if (name !== undefined) {
    // BuildKit runs the text of a here-document that stands alone, and a script from a file of its own.
    texts.add(masked({ ...line, text: '', body: line.body.slice(0, -1) }))
    if (line.body[0]?.trimStart().startsWith('#!') === true) texts.add(`/dev/pipes/${name}`)
  }
  if (shell !== undefined) for (const text of [...texts]) texts.add(normalText('RUN', `${shell} ${text}`))
  return texts
}

/** The items of a JSON list, else the text itself. */
function listed(text: string): string[] {
  if (!text.startsWith('[')) return [text]
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every(item => typeof item === 'string') ? list : [text]
  } catch {
    return [text]
  }
}

function destinationsOf(text: string, folder: string | undefined): string[] {
  const last = bareFolder(text.trim().split(/\s+/).at(-1) ?? '')
  return folder === undefined && !last.startsWith('/') ? [last] : [last, bareFolder(posix.resolve(folder ?? '/', last))]
}
