import type { z } from 'zod'
import { showName } from '../bytes/name.ts'
import { nearest } from '../bytes/nearest.ts'
import { sizeHint } from '../report/size-text.ts'
import { nearRules } from '../rule/unknown-rule.ts'
import { keysBelow } from './schema.ts'

/** What is wrong with a configuration, where, and what to write. */
export interface Fault {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly fix: string
}

/** It refuses where there is one. */
export const guide = 'in an empty folder imgaudit init writes one that shows how'

/** How a key is written, for those whose values cannot be guessed. */
export const examples: Readonly<Record<string, string>> = {
  budgets: 'budgets: { size: 3GB, waste: 10% }',
  causes: 'causes: { pip-cache: 0, "pip:torch": 3GB }',
  failOn: 'failOn: [secrets, removed-later]',
  ignore: 'ignore: [{ rule: model-weights, reason: the service starts without a network }]',
  path: 'path: "/opt/models/**"',
  image: 'image: "app:*"',
  reason: 'reason: the service starts without a network',
  until: 'until: 2026-12-31',
  gpu: 'gpu: [H100, sm_80]',
  images: 'images: [{ image: "app:*", budgets: { size: 12GB } }]',
}

/** One sentence for what zod found; the messages of the schema say what was expected. */
export function faultOf(issue: z.core.$ZodIssue | undefined): Fault {
  if (issue === undefined) return { path: [], message: 'it is no configuration', fix: guide }
  const { path, message, input } = issue
  if (issue.code === 'unrecognized_keys') return unknownKey(path, issue.keys[0] ?? '')
  const fix: unknown = issue.code === 'custom' ? issue.params?.fix : undefined
  if (typeof fix === 'string') return { path, message: `${pathText(path)}: ${message}`, fix }
  const place = path.length === 0 ? '' : `${pathText(path)}: `
  return { path, message: `${place}expected ${message}, got ${valueText(input)}`, fix: hint(path, input) }
}

function unknownKey(path: readonly PropertyKey[], key: string): Fault {
  const around = path.findLast(part => typeof part === 'string')
  const known = keysBelow[String(around ?? '')] ?? []
  const near = nearest(key, known).map(name => pathText([...path, name]))
  const fix = near.length === 0 ? `there are ${known.join(', ')}` : `did you mean ${near.join(' or ')}?`
  return { path: [...path, key], message: `${pathText([...path, key])}: there is no such key`, fix }
}

function hint(path: readonly PropertyKey[], input: unknown): string {
  const [last, around] = [path.at(-1), path.at(-2)]
  const sized = last === 'size' ? '3GB' : around === 'budgets' || around === 'causes' ? '500MB or 10%' : undefined
  if (sized !== undefined && last !== 'causes') return sizeHint(String(Object(input) === input ? '' : input), sized)
  const ruled = last === 'rule' || around === 'failOn'
  if (ruled) return (typeof input === 'string' ? nearRules(input) : undefined) ?? 'imgaudit rules lists them'
  const key = path.findLast(part => typeof part === 'string')
  const example = examples[String(key)]
  return example === undefined ? guide : `write it like ${example}`
}

/** `ignore[0].reason`, `budgets.causes["pip:torch"]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`
      const name = String(part)
      if (!/^[\w$-]+$/.test(name)) return `[${JSON.stringify(name)}]`
      return at === 0 ? name : `.${name}`
    })
    .join('')
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'keys and values'
  const text = showName(String(value))
  return `'${text.length > 60 ? `${text.slice(0, 60)}…` : text}'`
}
