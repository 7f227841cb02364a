import type { CommanderError } from 'commander'
import { ImgauditError } from '../error.ts'
import { gpuTargets } from '../evidence/gpu-target.ts'
import { type FormatName, formatNames, isFormatName } from '../report/index.ts'
import type { Limit, Limits } from '../report/limits.ts'
import { parseLimit, parseSize, sizeHint } from '../report/size-text.ts'

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
  ["missing required argument 'before'", 'name two images or reports: imgaudit compare app:1 app:2'],
  ["missing required argument 'after'", 'name two images or reports: imgaudit compare app:1 app:2'],
  ["missing required argument 'reports'", 'name what -o report.json wrote: imgaudit trend reports/*.json'],
  ["missing required argument 'shell'", 'name it: imgaudit completion bash, zsh or fish'],
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

/** `-f table,github`: one after the other on standard output. Replaces what is there by default. */
export function formatOption(text: string): readonly FormatName[] {
  const names = text.split(',').map(name => name.trim())
  const formats = names.filter(isFormatName)
  if (formats.length < names.length) throw unexpected('--format', formatNames.join(', '), text, '--format json')
  const whole = formats.filter(name => !together.has(name))
  if (formats.length > 1 && whole.length > 0) {
    throw new ImgauditError(
      'USAGE',
      `${whole[0]} is for a program, which reads nothing beside it`,
      `write it to a file: -o ${whole[0]}=<file>`,
    )
  }
  return [...new Set(formats)]
}

/** What does not harm each other in a log. */
const together: ReadonlySet<FormatName> = new Set(['table', 'markdown', 'github'])

/** `-o report.json`; can be repeated. */
export function outputOption(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name]
}

/** `--max-cause pip-cache=0`; can be repeated. */
export function causeOption(text: string, before: NonNullable<Limits['causes']> = {}): NonNullable<Limits['causes']> {
  const equals = text.lastIndexOf('=')
  const cause = text.slice(0, Math.max(0, equals)).trim()
  const limit = parseLimit(text.slice(equals + 1))
  if (cause === '' || limit === undefined) {
    const fix = sizeHint(text.slice(equals + 1), '--max-cause pip-cache=0 or --max-cause pip:torch=2GB')
    throw unexpected('--max-cause', 'a cause and a size', text, fix)
  }
  return { ...before, [cause]: limit }
}

/** `--fail-on secrets,removed-later`; can be repeated. */
export function ruleOption(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map(name => name.trim())
  if (names.includes('')) throw unexpected('--fail-on', 'names of rules', text, '--fail-on secrets,removed-later')
  return [...before, ...names]
}

/** `--gpu list` */
export const everyGpu = 'list'

/** `--gpu H100`, `--gpu sm_90,L4`; can be repeated. */
export function gpuOption(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map(name => name.trim())
  gpuTargets(names.filter(name => name !== everyGpu))
  return [...before, ...names]
}

/** `--timeout 30s`, `--timeout none`: milliseconds. */
export function timeoutOption(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY
  const [, count = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h)$/.exec(text) ?? []
  const timeout = Math.round(Number(count) * (milliseconds[unit] ?? 0))
  if (timeout > 0) return timeout
  throw unexpected('--timeout', 'a time or none', text, 'write it like --timeout 30s, 10m or 1h')
}

const milliseconds: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

export const pullTimes = ['always', 'missing', 'never'] as const

export function pullOption(text: string): (typeof pullTimes)[number] {
  const pull = pullTimes.find(time => time === text)
  if (pull !== undefined) return pull
  throw unexpected('--pull', 'always, missing or never', text, '--pull missing')
}

function unexpected(option: string, what: string, text: string, fix: string): ImgauditError {
  return new ImgauditError('USAGE', `expected ${option} to be ${what}, got '${text}'`, fix)
}
