import { type LimitName, limitNames, type ReadLimits } from '../bytes/read-limits.ts'
import { ImgauditError } from '../error.ts'
import { parseSize } from '../report/size-text.ts'

type Read = Partial<ReadLimits>

/** `--limit entries=20M`, `--limit unpacked=1TB`, `--limit document=none`; can be repeated. */
export function readLimitOption(text: string, before: Read = {}): Read {
  const [, written = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const name = limitNames.find(known => known === written.trim())
  const amount = name === undefined ? undefined : amountOf(name, value.trim())
  if (name !== undefined && amount !== undefined) return { ...before, [name]: amount }
  const names = limitNames.map(known => `${known}=…`).join(', ')
  throw new ImgauditError(
    'USAGE',
    `expected --limit to be ${names}, got '${text}'`,
    'write it like --limit entries=20M, --limit unpacked=1TB or --limit document=none',
  )
}

function amountOf(name: LimitName, value: string): number | undefined {
  if (value === 'none') return Number.POSITIVE_INFINITY
  const amount = name === 'entries' ? parseCount(value) : parseSize(value)
  return amount === undefined || amount < 1 ? undefined : amount
}

/** `20M`, `500k`, `1000`: entries have no bytes, so nobody takes these for powers of two. */
function parseCount(text: string): number | undefined {
  const [, number, letter = ''] = /^(\d{1,9}(?:\.\d{1,3})?)([kM]?)$/.exec(text) ?? []
  const count = Number(number) * (letter === 'M' ? 1e6 : letter === 'k' ? 1e3 : 1)
  return Number.isSafeInteger(count) ? count : undefined
}
