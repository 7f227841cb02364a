import type { Report } from '../schema.ts'
import { shorten } from '../shorten.ts'
import { isDockerfile } from '../table/advice.ts'
import { eachLine } from '../table/line.ts'
import { blocks } from './blocks.ts'
import { code, codeBlock } from './code.ts'
import type { Extent } from './fitted.ts'
import { prose } from './prose.ts'
import { split } from './rows.ts'

type Fix = Report['findings'][number]['fix']

/** What to write instead of an instruction: Dockerfile text as a difference to it, all else as a sentence. */
export function change(instruction: string | null, fixes: readonly Fix[], extent: Extent): string[] {
  const texts = [...new Set(fixes.flatMap(({ after }) => (after === null ? [] : [after])))]
  const old = instruction === null ? [] : linesOf(instruction, extent)
  const young = texts.filter(isDockerfile).flatMap(text => linesOf(text, extent))
  const said = texts.filter(text => !isDockerfile(text))
  return blocks([difference(old, young, extent), said.map(text => `→ ${prose(text, code, extent.length)}`)])
}

/** Shortened twice: what cannot be printed takes more room when it is shown. */
function linesOf(text: string, { length }: Extent): string[] {
  const short = text.split('\n').map(line => shorten(line, length))
  return eachLine(short.join('\n')).map(line => shorten(line, length))
}

/** Lines at both ends that stay as they are have no mark; all of them where nothing stands instead: what is to change is elsewhere. */
function difference(old: readonly string[], written: readonly string[], extent: Extent): string[] {
  const young = written.length === 0 ? old : written
  const shorter = Math.min(old.length, young.length)
  let head = 0
  while (head < shorter && old[head] === young[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++
  const marked = (mark: string, lines: readonly string[]) => lines.map(line => `${mark}${line}`.trimEnd())
  const lines = [
    ...marked('  ', old.slice(0, head)),
    ...marked('- ', old.slice(head, old.length - tail)),
    ...marked('+ ', young.slice(head, young.length - tail)),
    ...marked('  ', old.slice(old.length - tail)),
  ]
  const [shown, rest] = split(lines, { ...extent, rows: extent.rows * 4 })
  return lines.length === 0 ? [] : codeBlock('diff', rest.length === 0 ? shown : [...shown, '  …'])
}
