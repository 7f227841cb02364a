import type { Limit } from './limits.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Three digits and a unit of 1000: `1.23 GB`, `12.3 MB`, `512 B`. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.7 kB has three digits as 1.00 MB only.
  while (unit < units.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`
}

/** Every digit: `6,123,456,789`. */
export function exactText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A difference with its sign, to three digits or all of them: `+310 MB`, `-1.20 GB`, `0 B`. */
export function signedText(bytes: number, text: (bytes: number) => string = sizeText): string {
  return `${bytes > 0 ? '+' : bytes < 0 ? '-' : ''}${text(Math.abs(bytes))}`
}

/** `1 byte`, `6,123 bytes`. */
export function bytesText(bytes: number): string {
  return countText(bytes, 'byte')
}

/** `28 %`, `0.4 %`; never 0 % or 100 % of what is not. */
export function shareText(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %'
  const percent = (part / whole) * 100
  if (percent < 0.1) return '<0.1 %'
  if (part < whole && percent >= 99.5) return '>99 %'
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`
}

/** `1 file`, `12 files`. */
export function countText(count: number, one: string, several = `${one}s`): string {
  return `${exactText(count)} ${count === 1 ? one : several}`
}

/**
 * Bytes of `3GB` (10⁹), `500MiB` (2²⁰), `1.5 kB`, `1024`; undefined for all else. `500M` is refused: tools differ in
 * which of the two it means. So is a part of a byte: `0.1` was meant as a share, `1.5` as gigabytes.
 */
export function parseSize(text: string): number | undefined {
  const [, number, prefix = '', binary] = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp]?)(i?)b)?$/i.exec(text.trim()) ?? []
  if (number === undefined || (binary === 'i' && prefix === '')) return undefined
  if (prefix === '' && number.includes('.')) return undefined
  const power = ['', 'k', 'm', 'g', 't', 'p'].indexOf(prefix.toLowerCase())
  const bytes = Math.round(Number(number) * (binary ? 1024 : 1000) ** power)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size, or a share of the image as `10%`; undefined for all else. */
export function parseLimit(text: string): Limit | undefined {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1]
  if (percent !== undefined) return Number(percent) <= 100 ? { share: Number(percent) / 100 } : undefined
  const bytes = parseSize(text)
  return bytes === undefined ? undefined : { bytes }
}

/** How to write a size that was not understood: `500M` is 10⁶ to some tools and 2²⁰ to others, `500Mi` is Kubernetes'. */
export function sizeHint(text: string, example: string): string {
  const [, number, prefix, binary] = /^(\d+(?:\.\d+)?)\s*([kmgtp])(i?)$/i.exec(text.trim()) ?? []
  if (number === undefined || prefix === undefined) return `write it like ${example}`
  const unit = prefix.toUpperCase()
  if (binary !== '') return `write it like ${number}${unit}iB`
  return `say which of the two: ${number}${unit === 'K' ? 'k' : unit}B (1000s) or ${number}${unit}iB (1024s)`
}
