import { packageNamed } from './dev-package.ts'
import { commandOf } from './dockerfile.ts'

/** An instruction that installs, taken apart by packages: Dockerfile commands, undefined where nothing is left of one. */
export interface TakenApart {
  /** Without these packages. */
  readonly stays: string | undefined
  /** The installs of these packages alone. */
  readonly goes: string
  /** As its words name them. */
  readonly names: readonly string[]
}

/** Takes packages out of a RUN that installs them by name; undefined where it names none of them. */
export function takeApart(written: string | undefined, going: ReadonlySet<string>): TakenApart | undefined {
  const command = commandOf(written)
  const normal = new Set([...going].map(packageNamed))
  const named = (word: string) => normal.has(packageNamed(word))
  const steps = command?.split(/\s+&&\s+/).map(step => step.split(/\s+/)) ?? []
  const apart = steps.filter(words => isInstall(words) && words.some(named))
  if (command === undefined || apart.length === 0) return undefined
  const stays = steps
    .map(words => (isInstall(words) ? words.filter(word => !named(word)) : words))
    .filter((words, at) => !apart.includes(steps[at] ?? []) || asks(words))
  const goes = apart.map(words => {
    const install = Math.max(words.indexOf('install'), words.indexOf('add'))
    return words.filter((word, at) => at <= install || isOption(words, at) || named(word))
  })
  return {
    stays: stays.length > 0 ? joined(stays) : undefined,
    goes: joined(goes),
    names: apart.flatMap(words => words.filter(named)),
  }
}

function isInstall(words: readonly string[]): boolean {
  return words.includes('install') || words.includes('add')
}

/** Whether an install command names anything to install. */
function asks(words: readonly string[]): boolean {
  const install = Math.max(words.indexOf('install'), words.indexOf('add'))
  return words.some((_, at) => at > install && !isOption(words, at))
}

/** Options of pip and apt whose value is the next word. */
const valued =
  /^(?:-i|--index-url|--extra-index-url|--trusted-host|-f|--find-links|-t|--target|--prefix|--python|-c|--constraint)$/

function isOption(words: readonly string[], at: number): boolean {
  return words[at]?.startsWith('-') === true || valued.test(words[at - 1] ?? '')
}

function joined(steps: readonly (readonly string[])[]): string {
  return steps.map(words => words.join(' ')).join(' && ')
}
