import type { Command } from 'commander'
import { ImgauditError } from '../error.ts'

const reading = [
  'platform',
  'image',
  'pull',
  'base',
  'baseLayers',
  'verify',
  'cache',
  'layerStore',
  'namespace',
  'timeout',
  'limit',
  'gpu',
  'dockerfile',
  'target',
  'entries',
  'against',
]

const limits = ['maxSize', 'maxWaste', 'maxLayer', 'maxGrowth', 'maxCause', 'failOn']

/** Of commands that are about no image. */
const all = [...reading, ...limits, 'config', 'format', 'output', 'top', 'all']

/** Options that a command could not do anything with, by their names in commander. */
const refused: Readonly<Record<string, readonly string[]>> = {
  compare: ['base', 'baseLayers', 'entries', 'against'],
  trend: reading,
  why: ['dockerfile', 'target', 'entries', 'against', ...limits],
  rules: all,
  explain: all,
  init: all,
  cache: all,
  completion: all,
  man: all,
}

/** Whether a command refuses an option, by its name in commander. */
export function refuses(command: string, option: string): boolean {
  return refused[topmost(command)]?.includes(option) === true
}

/** `cache clear`: what `cache` refuses. */
function topmost(command: string): string {
  return command.replace(/ .*/, '')
}

/** Refuses an option that would be passed over in silence. Throws USAGE. */
export function refuse(command: string, program: Command): void {
  for (const name of refused[topmost(command)] ?? []) {
    if (program.getOptionValueSource(name) !== 'cli') continue
    const negated = program.getOptionValue(name) === false
    const option = program.options.find(known => known.attributeName() === name && known.negate === negated)
    throw new ImgauditError('USAGE', `${option?.long ?? name} does nothing for ${command}`, 'leave it out')
  }
}
