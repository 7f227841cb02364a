import { compareNames } from '../bytes/name.ts'

/** The order of every list in a report: by bytes, largest first, then by name in bytes of UTF-8. */
export function byBytesThenName<Item>(
  bytes: (item: Item) => number,
  name: (item: Item) => string,
): (a: Item, b: Item) => number {
  return (a, b) => bytes(b) - bytes(a) || compareNames(name(a), name(b))
}
