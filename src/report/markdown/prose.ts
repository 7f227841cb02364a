import { cutWords, shortLine } from '../shorten.ts'
import { code } from './code.ts'

/** Characters of a sentence, and of a word in it, that are shown. */
const most = 1000
const mostOfWord = 160

/**
 * A sentence about an image, which has names in it: whatever is more than a word, a number or ordinary punctuation becomes a
 * code span, neighbours one. `span` makes it; `length` is how many characters are shown.
 */
export function prose(sentence: string, span: (name: string) => string = code, length = most): string {
  const words = sentence.split(/\s+/, most).flatMap(word => shortLine(word, mostOfWord) || [])
  const parts: Word[] = []
  for (const [at, text] of cutWords(words, Math.min(length, most)).entries()) {
    const word = read(text, at === 0)
    const last = parts.at(-1)
    if (last?.code !== undefined && word.code !== undefined && last.after === '' && word.before === '') {
      parts.splice(-1, 1, { before: last.before, code: `${last.code} ${word.code}`, after: word.after })
    } else {
      parts.push(word)
    }
  }
  return parts.map(({ before, code, after }) => `${before}${code === undefined ? '' : span(code)}${after}`).join(' ')
}

interface Word {
  /** All of a plain word, else the punctuation around it. */
  readonly before: string
  readonly code?: string
  readonly after: string
}

function read(text: string, first: boolean): Word {
  const [, before = '', core = '', after = ''] = /^([("]*)(.*?)([.,;:)"…]*)$/.exec(text) ?? []
  const plain = isPlain(core) && !(first && /^\d+[.)]/.test(text))
  return plain ? { before: text, after: '' } : { before, code: core, after }
}

/**
 * Nothing that GitHub would make a link of: no reference to an issue (`GH-12`, `TICKET-12`) or to a commit (7 to 40 hexadecimal
 * digits), no address. A number at the start of a line with a dot would begin a list.
 */
function isPlain(core: string): boolean {
  if (/\b[0-9a-f]{7,}\b/i.test(core)) return false
  return /^(?:[a-z]+(?:'[a-z]+)?(?:-[a-z]+)*|~?\d+(?:[.,]\d+)*%?|[%→·–…]|)$/i.test(core)
}
