import { parseAst } from 'rolldown/parseAst'

/**
 * The full titles of all tests in a source, as they are written there: those of the suites around it in front, joined by ` > `,
 * `%s` where rows go in. Tests that are always skipped are none.
 */
export function titlesOf(source: string): readonly string[] {
  return titlesIn(parseAst(source, { lang: 'ts' }), [])
}

function titlesIn(node: unknown, suites: readonly string[]): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(each => titlesIn(each, suites))
  if (!isObject(node)) return []
  const call = callOf(node)
  if (call === undefined) return Object.values(node).flatMap(part => titlesIn(part, suites))
  if (call.words.some(word => word === 'skip' || word === 'todo')) return []
  const named = [...suites, call.title]
  return call.words[0] === 'describe' ? titlesIn(node.arguments, named) : [named.join(' > ')]
}

interface Call {
  /** `describe`, `each` of `describe.each(…)('…', …)`. */
  readonly words: readonly string[]
  readonly title: string
}

/** A call of `describe`, `it` or `test` that has a title; undefined for all other nodes. */
function callOf(node: Readonly<Record<string, unknown>>): Call | undefined {
  if (node.type !== 'CallExpression' || !Array.isArray(node.arguments)) return undefined
  const words = wordsOf(node.callee)
  const title = textOf(node.arguments[0])
  return /^(?:describe|it|test)$/.test(words[0] ?? '') && title !== undefined ? { words, title } : undefined
}

/** `it`, `skipIf`, `each` of `it.skipIf(…).each(…)`. */
function wordsOf(callee: unknown): readonly string[] {
  if (!isObject(callee)) return []
  if (callee.type === 'Identifier') return [String(callee.name)]
  if (callee.type === 'MemberExpression') return [...wordsOf(callee.object), ...wordsOf(callee.property)]
  return wordsOf(callee.type === 'TaggedTemplateExpression' ? callee.tag : callee.callee)
}

function textOf(node: unknown): string | undefined {
  return isObject(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
