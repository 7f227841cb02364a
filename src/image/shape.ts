import { isObject } from './document.ts'

/** Whether a value out of a file is of some shape. */
export type Check = (value: unknown) => boolean

/** Every field of a thing, the optional ones too; what tells its kind is checked before. */
export type Fields<Thing> = { readonly [Field in Exclude<keyof Thing, 'kind'>]-?: Check }

export const text: Check = value => typeof value === 'string'
/** Sizes, offsets, counts. */
export const natural: Check = value => Number.isSafeInteger(value) && Number(value) >= 0
export const truth: Check = value => value === true
export const texts: Check = value => {
  if (!Array.isArray(value)) return false
  // A call for each of 100,000 paths takes several times as long.
  for (let at = 0; at < value.length; at++) if (typeof value[at] !== 'string') return false
  return true
}

export function oneOf(...values: readonly string[]): Check {
  return value => typeof value === 'string' && values.includes(value)
}

export function maybe(check: Check): Check {
  return value => value === undefined || check(value)
}

/** Lists of things with these fields. */
export function each<Thing>(fields: Fields<Thing>): Check {
  const check = fitting(fields)
  return value => Array.isArray(value) && value.every(check)
}

/** Things with these fields. */
export function fitting(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields)
  return value => isObject(value) && checks.every(([name, check]) => check(value[name]))
}
