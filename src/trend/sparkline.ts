/** One character per number, in eighths of the largest, from 0: `▄▅█·`, where the dot is 0 itself. Two rows cannot be held
 *  against each other, two characters of a row can. */
export function sparkline(numbers: readonly number[]): string {
  const largest = Math.max(1, ...numbers)
  return numbers.map(number => (number === 0 ? '·' : eighths[Math.ceil((number / largest) * 8) - 1])).join('')
}

const eighths = '▁▂▃▄▅▆▇█'

/** What to know of the lines of a list, which have room for the newest images. */
export function sparklineText(images: number, bars: number): string {
  const which = bars < images ? `the newest ${bars} of ${images} images` : 'each image'
  return `trend: ${which}, from 0 to its row's most; · is 0`
}
