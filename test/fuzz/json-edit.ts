import fc from 'fast-check'

/** One change of a JSON document: what to do with the value that the path leads to, each number taken modulo the number of
 *  children there. */
export interface JsonEdit {
  readonly path: readonly number[]
  readonly edit: 'set' | 'remove' | 'repeat' | 'name'
  /** JSON of the value that is set. */
  readonly value: string
  /** The key that is given to it, or how often it is repeated. */
  readonly key: string
  readonly times: number
}

const deep = 3000
/** Bytes, about, that a document can grow to by repetition. */
const most = 512 * 1024

/** What a field can be that nobody means, as JSON: some of it no writer of JSON writes. */
const values = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '1e308',
  '1e999',
  '9007199254740993',
  '18446744073709551615',
  '""',
].concat([
  '"x"',
  '"\\u0000\\u001b[2J\\u202e"',
  '"\\ud800"',
  '"../../../etc/passwd"',
  `"${'A'.repeat(5000)}"`,
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '[{}]',
  '{"__proto__":{"x":1}}',
  '{"constructor":1,"toString":null}',
  `${'['.repeat(deep)}${']'.repeat(deep)}`,
  `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
])
const keys = ['__proto__', 'constructor', 'toString', 'length', '', '\u0000', 'a']

/** `pieces` stand as strings where values do. */
export function jsonEdits(pieces: readonly string[]): fc.Arbitrary<JsonEdit> {
  const own = pieces.map(piece => JSON.stringify(piece))
  return fc.record({
    path: fc.array(fc.nat(40), { maxLength: 6 }),
    edit: fc.constantFrom('set', 'set', 'set', 'remove', 'repeat', 'name'),
    value: fc.constantFrom(...values, ...own),
    key: fc.constantFrom(...keys),
    times: fc.constantFrom(2, 100, 3000),
  })
}

interface Slot {
  readonly holder: Record<string, unknown> | unknown[]
  readonly key: string
}

/** The document with these changes; as it is where it is no JSON. */
export function editedJson(document: Buffer, changes: readonly JsonEdit[]): Buffer {
  let root: unknown
  try {
    root = JSON.parse(document.toString())
  } catch {
    return document
  }
  const stand = new Map<string, string>()
  const top: Record<string, unknown> = { root }
  for (const [number, change] of changes.entries()) {
    const { holder, key } = slotOf(top, change.path)
    const value: unknown = Reflect.get(holder, key)
    if (change.edit === 'set') {
      // Numbers that JSON.stringify would round stand as they are written.
      const sign = `\u0001${number}\u0001`
      stand.set(JSON.stringify(sign), change.value)
      define(holder, key, sign)
    } else if (change.edit === 'remove') Reflect.deleteProperty(holder, key)
    else if (change.edit === 'name') define(holder, change.key, value)
    else repeat(holder, key, value, Math.min(change.times, Math.floor(most / JSON.stringify(top).length)))
  }
  const text = JSON.stringify(top.root) ?? 'null'
  return Buffer.from([...stand].reduce((sofar, [sign, value]) => sofar.split(sign).join(value), text))
}

function repeat(holder: Slot['holder'], key: string, value: unknown, times: number): void {
  if (Array.isArray(holder)) holder.push(...Array<unknown>(times).fill(value))
  else for (let copy = 0; copy < times; copy++) define(holder, `${key}${copy}`, value)
}

/** `__proto__` as a key of its own, as JSON.parse has it. */
function define(holder: Slot['holder'], key: string, value: unknown): void {
  if (Array.isArray(holder) && key === 'length') return
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function slotOf(top: Record<string, unknown>, path: readonly number[]): Slot {
  let slot: Slot = { holder: top, key: 'root' }
  for (const step of path) {
    const value: unknown = Reflect.get(slot.holder, slot.key)
    if (!isHolder(value)) break
    const names = Object.keys(value)
    if (names.length === 0) break
    slot = { holder: value, key: names[step % names.length] ?? '' }
  }
  return slot
}

function isHolder(value: unknown): value is Slot['holder'] {
  return typeof value === 'object' && value !== null
}
