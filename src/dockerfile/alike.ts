import { bareFolder, normal } from './normal.ts'
import { type Step, tokensOf } from './step.ts'

/** What a builder recorded of a layer. */
export interface Recorded {
  readonly word: string
  readonly text: string
  readonly tokens: readonly string[]
  /** Of ADD and COPY. */
  readonly destination: string
}

export function recordedOf(createdBy: string | null): Recorded {
  const { word, text } = normal(createdBy ?? '')
  const tokens = tokensOf(text)
  return { word, text, tokens, destination: bareFolder(tokens.at(-1) ?? '') }
}

/** How sure it is that a step made a layer: 3 the same text, 2 the same but for variables and secrets, 1 an ADD or COPY to the
 *  same place, of which some builders record no more; 0 that it did not. */
export function likeness(step: Step, layer: Recorded): 0 | 1 | 2 | 3 {
  // The exec form of RUN is recorded as its bare command.
  if (layer.word !== step.word && !(layer.word === '' && layer.text !== '' && step.word === 'RUN')) return 0
  if (step.texts.has(layer.text)) return 3
  if (tokensFit(step, layer)) return 2
  return step.destinations.has(layer.destination) && step.word !== 'WORKDIR' ? 1 : 0
}

/** Word by word, and not by gaps alone. */
function tokensFit({ word, tokens }: Step, layer: Recorded): boolean {
  if (tokens.length !== layer.tokens.length) return false
  let said = 0
  for (const [at, token] of tokens.entries()) {
    const other = layer.tokens[at] ?? ''
    // No builder puts values into a RUN: its shell does that.
    const same =
      token === other
        ? token.length
        : (overlap(other.split('***'), token) ?? (word === 'RUN' ? undefined : overlap(betweenVariables(token), other)))
    if (same === undefined) return false
    said += same
  }
  return said >= enough
}

/** Letters that two instructions have to have in common: what `COPY $FROM $TO` says is nothing. */
const enough = 3
const variable = /\$(?:\{|\w+)/g

/** What stands around `$NAME` and `${…}`. One that is not closed is none: that is told once, not again for every one before it. */
function betweenVariables(text: string): readonly string[] {
  const last = text.lastIndexOf('}')
  const parts: string[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(variable)) {
    if (index < end || (found === '${' && index > last)) continue
    parts.push(text.slice(end, index))
    end = found === '${' ? text.indexOf('}', index) + 1 : index + found.length
  }
  return [...parts, text.slice(end)]
}

/** How much of a text that has gaps between these parts another begins and ends with; undefined where it does not. */
function overlap(parts: readonly string[], text: string): number | undefined {
  const [start = '', end] = [parts[0], parts.at(-1) ?? '']
  if (parts.length === 1 || text.length < start.length + end.length) return undefined
  return text.startsWith(start) && text.endsWith(end) ? start.length + end.length : undefined
}
