/**
 * What is required, by name alone, each once. A rich dependency, `(a >= 1 or (b if c))`, counts as all that it names: rather
 * one dependent too many. rpm's own features, `rpmlib(…)`, are no package's.
 */
export function capabilities(required: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const one of required) {
    if (one.startsWith('rpmlib(') || one === '') continue
    if (!one.startsWith('(')) found.add(one)
    else for (const name of namesIn(one)) found.add(name)
  }
  return [...found]
}

// rpm.org, "Boolean dependencies"
const operators = new Set(['and', 'or', 'if', 'unless', 'else', 'with', 'without'])
const comparisons = new Set(['<', '<=', '=', '>=', '>'])

function namesIn(rich: string): string[] {
  const words = rich.split(/\s+/).map(bare)
  return words.filter(
    (word, at) =>
      word !== '' && !operators.has(word) && !comparisons.has(word) && !comparisons.has(words[at - 1] ?? ''),
  )
}

/** `libx.so.1()(64bit)` of `((libx.so.1()(64bit)`: without the brackets that are not its own. */
function bare(word: string): string {
  const start = word.search(/[^(]/)
  if (start === -1) return ''
  let depth = 0
  for (let at = start; at < word.length; at++) {
    if (word[at] === '(') depth++
    else if (word[at] === ')' && --depth < 0) return word.slice(start, at)
  }
  return word.slice(start)
}
