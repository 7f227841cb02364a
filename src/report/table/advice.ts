import { eachLine } from './line.ts'
import { wrap } from './wrap.ts'

/** What a fix says: Dockerfile text has a plus before each line of its own, a sentence follows an arrow. */
export function advice(text: string, width: number): string[] {
  return isDockerfile(text) ? marked('+ ', text, width) : marked('→ ', text, width, '  ')
}

/** Whether a fix is Dockerfile text; it is a sentence else. */
export function isDockerfile(text: string): boolean {
  return dockerfile.test(text)
}

const dockerfile = /^\s*(#|[A-Z]+\s)/

/** Lines of text, broken at the page's edge, with a mark before each line of its own. */
export function marked(mark: string, text: string, width: number, next = mark): string[] {
  return eachLine(text).flatMap((line, row) => {
    const indent = /^ */.exec(line)?.[0] ?? ''
    const room = Math.max(10, width - mark.length - indent.length)
    const first = row === 0 ? mark : next
    return wrap(line, room).map((part, at) => `${at === 0 ? first : ' '.repeat(mark.length)}${indent}${part}`)
  })
}
