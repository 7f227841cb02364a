import { ImgauditError } from '../error.ts'

/**
 * How much is read of one image before it counts as an attack, or as damage. Real images, of tens of gigabytes too, stay far
 * below all of them; `Infinity` is no limit. What goes over one ends with LIMIT, before memory is spent on it.
 */
export interface ReadLimits {
  /** Entries of all layers together, with the folders that only their paths name; of long names each 256 bytes count as one.
   *  An image takes up to 0.5 kB of memory for each. */
  readonly entries: number
  /** Bytes that one compressed layer may unpack to. What is at most 20 times as long as its blob may be longer. */
  readonly unpacked: number
  /** Bytes of one manifest, index or configuration; containerd and registries stop at 4 MiB too. */
  readonly document: number
  /** Bytes of all headers that describe one member of a tar. Go's archive/tar, and so every engine, refuses extension headers
   *  of more than 1 MiB. */
  readonly header: number
  /** Bytes of one path, or of a link's target. Linux takes none of more than 4096 (PATH_MAX), so no engine unpacks one. */
  readonly path: number
}

export type LimitName = keyof ReadLimits

/** What holds where nothing else is said. */
export const readLimits: ReadLimits = {
  entries: 5_000_000,
  unpacked: 100e9,
  document: 4 * 1024 * 1024,
  header: 16 * 1024 * 1024,
  path: 4096,
}

export const limitNames: readonly LimitName[] = ['entries', 'unpacked', 'document', 'header', 'path']

/** Throws USAGE for what is no limit. */
export function checkReadLimits(limits: Partial<ReadLimits> = {}): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limitNames.some(known => known === name) && typeof limit === 'number' && limit >= 1) continue
    const message = `there is no limit ${name} of ${JSON.stringify(limit)}`
    throw new ImgauditError('USAGE', `readLimits: ${message}`, 'write it like { entries: 20e6, unpacked: Infinity }')
  }
}

/** What is said about a limit with the error LIMIT. */
interface Over {
  readonly name: LimitName
  readonly limit: number
  /** What it takes, where that is known; it may be more by then. */
  readonly needed?: number
}

/** LIMIT: `message` says what, where and how much, the fix how to read it anyway. */
export function overLimit({ name, limit, needed = 4 * limit }: Over, message: string): ImgauditError {
  const fix = `if you trust the image, lift the limit: --limit ${name}=${amountText(name, rounded(needed))}`
  return new ImgauditError('LIMIT', message, fix)
}

/** The next 1, 2 or 5 with zeros behind it. */
function rounded(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(amount))
  return power * ([1, 2, 5].find(step => step * power >= amount) ?? 10)
}

/** `20M` entries, `200MB`; `none` of what has no number. */
function amountText(name: LimitName, amount: number): string {
  if (!Number.isSafeInteger(amount)) return 'none'
  const letters = name === 'entries' ? ['', 'k', 'M'] : ['', 'k', 'M', 'G', 'T']
  let value = amount
  let step = 0
  for (; step < letters.length - 1 && value % 1000 === 0; step++) value /= 1000
  return `${value}${letters[step]}${name === 'entries' ? '' : 'B'}`
}
