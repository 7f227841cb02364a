import type { CommanderError } from 'commander'
import { ImgauditError } from '../error.ts'
import { gpuTargets } from '../evidence/gpu-target.ts'
import type { Limit } from '../report/budgets.ts'
import type { FormatName } from '../report/index.ts'
import { isFormatName } from '../report/index.ts'
import { parseLimit, parseSize } from '../report/size-text.ts'

/** What commander found wrong with the command line, as our own error. */
export function usageError(error: CommanderError): ImgauditError {
  const [first = '', hint = ''] = error.message.replace(/^error: /, '').split('\n')
  const meant = /\(Did you mean (.+)\?\)/.exec(hint)?.[1]
  const fix = missing.get(first) ?? fixes[error.code] ?? 'imgaudit --help lists what there is'
  // `too many arguments. Expected 1 argument but got 2.`, of a command: `too many arguments for 'demo'. …`
  const message = first.replace(/\.$/, '').replace('. Expected', ': expected')
  if (/^too many arguments for '/.test(first)) return new ImgauditError('USAGE', message, 'leave the others out')
  return new ImgauditError('USAGE', message, meant === undefined ? fix : `did you mean ${meant}?`)
}

const fixes: Readonly<Record<string, string>> = {
  'commander.excessArguments': 'name one image; a name with blanks needs quotes',
  'commander.conflictingOption': 'leave one of the two out',
}

const missing: ReadonlyMap<string, string> = new Map([
  ["missing required argument 'rule'", 'imgaudit rules lists the rules'],
  ["missing required argument 'path'", 'name a path of the image: imgaudit why app:1 /usr/bin/python3'],
  ["missing required argument 'image'", 'name an image: imgaudit --help shows how'],
])

/** `--max-size 3GB`. */
export function sizeOption(option: string): (text: string) => Limit {
  return text => {
    const bytes = parseSize(text)
    if (bytes === undefined) throw unexpected(option, 'a size', text, sizeHint(text, `${option} 3GB`))
    return { bytes }
  }
}

/** `--max-waste 500MB`, `--max-waste 10%`. */
export function limitOption(option: string): (text: string) => Limit {
  return text => {
    const limit = parseLimit(text)
    if (limit === undefined) {
      throw unexpected(option, 'a size or a share', text, sizeHint(text, `${option} 500MB or ${option} 10%`))
    }
    return limit
  }
}

/** `--top 20`: a whole number. */
export function countOption(option: string, least: number): (text: string) => number {
  return text => {
    const count = /^\d{1,6}$/.test(text) ? Number(text) : -1
    if (count < least) throw unexpected(option, `a whole number from ${least} on`, text, `${option} ${least + 10}`)
    return count
  }
}

export function formatOption(text: string): FormatName {
  if (isFormatName(text)) return text
  throw unexpected('--format', 'table or json', text, '--format json')
}

/** `--gpu list` */
export const everyGpu = 'list'

/** `--gpu H100`, `--gpu sm_90,L4`; can be repeated. */
export function gpuOption(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map(name => name.trim())
  gpuTargets(names.filter(name => name !== everyGpu))
  return [...before, ...names]
}

type Pull = 'always' | 'missing' | 'never'

export function pullOption(text: string): Pull {
  if (text === 'always' || text === 'missing' || text === 'never') return text
  throw unexpected('--pull', 'always, missing or never', text, '--pull missing')
}

function unexpected(option: string, what: string, text: string, fix: string): ImgauditError {
  return new ImgauditError('USAGE', `expected ${option} to be ${what}, got '${text}'`, fix)
}

/** `500M` is 10⁶ to some tools and 2²⁰ to others. */
function sizeHint(text: string, example: string): string {
  const [, number, prefix] = /^(\d+(?:\.\d+)?)\s*([kmgt])$/i.exec(text.trim()) ?? []
  if (number === undefined || prefix === undefined) return `write it like ${example}`
  const unit = prefix.toUpperCase()
  return `say which of the two: ${number}${unit === 'K' ? 'k' : unit}B (1000s) or ${number}${unit}iB (1024s)`
}
