// Behind a sign, so that no word is taken for one: libgomp-a34b3233.so.1.0.0, main.3f2a1b9c.js.
const hash = /(?<=[-_.])(?=[a-f]*\d)[\da-f]{6,}(?=[-_.]|$)/g
const number = /\d+/g
const numbers = /\d+(?:[._]\d+)*/g

/** Names without what versions of one thing differ in, the strictest way first: numbers and hashes, then how many numbers
 *  there are too (`2.13`, `2.13.1`). */
export const versionMasks: readonly ((name: string) => string)[] = [number, numbers].map(
  digits => name => name.replace(hash, '#').replace(digits, '#'),
)
