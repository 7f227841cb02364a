/** One field of a stanza, its name in lower case; an empty name ends the stanza. */
export interface Field {
  readonly name: string
  readonly value: string
}

const end: Field = { name: '', value: '' }

/**
 * The fields of `Name: value` stanzas, which empty lines part; a line that begins with a space or tab goes on with the
 * field above it (Debian Policy 5.1; RFC 822 3.1 for core metadata). Lines that are neither are skipped.
 */
export function* fields(text: string): Iterable<Field> {
  let name = ''
  let value = ''
  for (const line of lines(text)) {
    const first = line.charCodeAt(0)
    if (first === 0x20 || first === 0x09) {
      if (name !== '' && line.trim() !== '') value += `\n${line}`
      continue
    }
    if (name !== '') yield { name, value: value.trim() }
    name = ''
    const colon = line.indexOf(':')
    if (colon > 0) {
      name = line.slice(0, colon).trim().toLowerCase()
      value = line.slice(colon + 1)
    } else if (line === '') yield end
  }
  if (name !== '') yield { name, value: value.trim() }
  yield end
}

/** Lines without their end: LF or CRLF. */
export function* lines(text: string): Iterable<string> {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at)
    const stop = next === -1 ? text.length : next
    yield text.slice(at, stop > at && text.charCodeAt(stop - 1) === 0x0d ? stop - 1 : stop)
    at = stop + 1
  }
}
