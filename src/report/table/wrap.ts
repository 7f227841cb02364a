/**
 * Breaks plain text into lines of at most `width` columns, at blanks where it can. A character beyond ASCII counts as
 * two columns: as wide as any can be, so that no line is ever too long.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  const words = text.split(/\s+/).filter(word => word !== '')
  for (const word of words.flatMap(word => pieces(word, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (columns(longer) <= width) {
      line = longer
      continue
    }
    lines.push(line)
    line = word
  }
  return [...lines, line].filter(line => line !== '')
}

/** Breaks a sentence like `wrap`; a path in it that is longer than a line loses its middle, unless all is asked for. */
export function wrapSentence(text: string, width: number, all: boolean): string[] {
  const words = text.split(' ')
  return wrap(all ? text : words.map(word => shortPath(word, width)).join(' '), width)
}

/** The first lines, the last of them marked where more were cut off. */
export function clip(lines: readonly string[], most: number, width: number): string[] {
  if (lines.length <= most) return [...lines]
  const cut = lines[most - 1] ?? ''
  const indent = /^ */.exec(cut)?.[0] ?? ''
  const [last = ''] = wrap(cut, Math.max(1, width - indent.length - 2))
  return [...lines.slice(0, most - 1), `${indent}${last} …`]
}

/** A path on one line: what is too much goes from its middle, where it says least. */
export function shortPath(path: string, width: number): string {
  if (columns(path) <= width) return path
  const characters = [...path]
  let head = characters.length
  while (columns(characters.slice(0, head).join('')) > width / 3) head--
  let tail = head
  const start = characters.slice(0, head).join('')
  while (columns(start) + 2 + columns(characters.slice(tail).join('')) > width) tail++
  return `${start}…${characters.slice(tail).join('')}`
}

function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    if (part !== '' && columns(part) + columns(character) > width) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return [...parts, part]
}

function columns(text: string): number {
  let count = 0
  for (const character of text) count += character < '\u0080' ? 1 : 2
  return count
}
