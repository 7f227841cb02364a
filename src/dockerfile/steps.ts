import { posix } from 'node:path'
import { showName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import type { Dockerfile } from './dockerfile.ts'
import { type Line, parseStages, type Stage, type Stages } from './parse.ts'
import { type Step, stepOf } from './step.ts'
import { assign, expand } from './variables.ts'

/** What makes the layers of an image. */
export interface Plan {
  /** The FROM that brings the base; undefined for `FROM scratch`, which brings none. */
  readonly from: Line | undefined
  /** What makes the layers on top of it, in order. */
  readonly steps: readonly Step[]
}

/** How the Dockerfile makes the stage that was built. Throws USAGE. */
export function planOf(dockerfile: Dockerfile): Plan {
  const parsed = parseStages(dockerfile)
  const head = new Map<string, string>()
  for (const { word, text } of parsed.head) if (word === 'ARG') assign(head, word, text, head)
  const values = new Map<string, string>()
  let folder: string | undefined
  let shell: string | undefined
  const steps: Step[] = []
  const chain = chainOf(parsed, targetOf(parsed, dockerfile), head)
  for (const line of chain.flatMap(stage => stage.lines)) {
    const { word, text } = line
    if (layered.has(word)) steps.push(stepOf(line, { values, folder, shell }))
    if (word === 'ARG' || word === 'ENV') assign(values, word, text, head)
    else if (word === 'SHELL') shell = text.replace(/[[\]",]+/g, ' ').trim()
    else if (word === 'WORKDIR') folder = within(folder, expand(text, values))
  }
  const [base] = chain
  return { from: base?.from.toLowerCase() === 'scratch' ? undefined : base?.first, steps }
}

const layered = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR'])

/** Linux opens no longer path (PATH_MAX): WORKDIR after WORKDIR would grow without end. */
const longest = 4096

/** Where a WORKDIR leads; unknown while it is relative to a folder that only the base knows. */
function within(folder: string | undefined, path: string): string | undefined {
  if (path.includes('$')) return undefined
  if (folder === undefined && !path.startsWith('/')) return undefined
  const led = posix.resolve(folder ?? '/', path)
  return led.length > longest ? undefined : led
}

/** The position of the stage that was built: the last, or the one that has the name or the number. */
function targetOf({ stages }: Stages, { path, target }: Dockerfile): number {
  if (target === undefined) return stages.length - 1
  const found = named(stages, target, stages.length)
  if (found !== undefined) return found
  if (/^\d{1,6}$/.test(target) && Number(target) < stages.length) return Number(target)
  const names = stages.flatMap(({ name }) => name ?? [])
  const fix =
    names.length === 0 ? `give its number, 0 to ${stages.length - 1}` : `it has ${names.map(showName).join(', ')}`
  throw new ImgauditError('USAGE', `${showName(path)} has no stage ${showName(target)}`, fix)
}

/** A stage and those that it is built on, first to last. */
function chainOf({ stages }: Stages, target: number, head: ReadonlyMap<string, string>): Stage[] {
  const chain: Stage[] = []
  for (let at: number | undefined = target; at !== undefined; ) {
    const stage: Stage | undefined = stages[at]
    if (stage === undefined) break
    chain.push(stage)
    at = named(stages, expand(stage.from, head), at)
  }
  return chain.reverse()
}

/** The last stage of that name before a position: a name can be given anew. */
function named(stages: readonly Stage[], name: string, before: number): number | undefined {
  const wanted = name.toLowerCase()
  for (let at = before - 1; at >= 0; at--) if (stages[at]?.name?.toLowerCase() === wanted) return at
  return undefined
}
