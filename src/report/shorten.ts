import { oneLine } from './table/line.ts'

/** Text of at most this many characters: what is too much goes from its middle, where a path says least. */
export function shorten(text: string, most: number): string {
  // Never fewer units than characters.
  if (text.length <= most) return text
  const characters = [...ends(text, most)]
  if (characters.length <= most) return text
  const head = Math.floor(most / 3)
  return `${characters.slice(0, head).join('')}…${characters.slice(head + 1 - most).join('')}`
}

/** A name, or text with names in it, on one line, harmless to print and of at most this many characters. */
export function shortLine(text: string, most: number): string {
  return shorten(oneLine(ends(text, most)), most)
}

/** Words up to this many characters, with a mark where more were cut off. */
export function cutWords(words: readonly string[], most: number): readonly string[] {
  let length = 0
  const end = words.findIndex(word => {
    length += word.length + 1
    return length > most
  })
  return end === -1 ? words : [...words.slice(0, Math.max(1, end)), '…']
}

/** Of a text that will be shortened, no more than can be left of it: names can have megabytes. */
function ends(text: string, most: number): string {
  const room = 4 * most
  return text.length <= 3 * room ? text : `${text.slice(0, room)}…${text.slice(-room)}`
}
