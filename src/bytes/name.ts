import { isUtf8 } from 'node:buffer'

/**
 * A name out of an image as a string. Bytes that are not valid UTF-8 become lone surrogates U+DC80–DCFF, one a byte, so
 * that two names never become one (Python's surrogateescape, PEP 383); `encodeName` gives back exactly these bytes.
 */
export function decodeName(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : escapeInvalid(bytes)
}

/** The bytes of a name that `decodeName` made. */
export function encodeName(name: string): Buffer {
  if (!escaped.test(name)) return Buffer.from(name)
  const parts: Buffer[] = []
  let start = 0
  for (const match of name.matchAll(eachEscaped)) {
    parts.push(Buffer.from(name.slice(start, match.index)), Buffer.of(match[0].charCodeAt(0) & 0xff))
    start = match.index + 1
  }
  parts.push(Buffer.from(name.slice(start)))
  return Buffer.concat(parts)
}

/** Orders names by their bytes, for `sort`. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i)
    if (difference === 0) continue
    // Below the surrogates, UTF-16 and UTF-8 order alike.
    if (a.charCodeAt(i) < 0xd800 && b.charCodeAt(i) < 0xd800) return difference
    return Buffer.compare(encodeName(a), encodeName(b))
  }
  return a.length - b.length
}

/**
 * A name, or any text out of an image, made harmless to print: control characters (C0, C1, DEL), which could repaint a
 * terminal, and whatever reorders a line, ends it or is not seen, as `\u…`; bytes that were not UTF-8 as `\xNN`. Of what a CI
 * runner takes for a command anywhere in a line (`##[error]`, `##vso[…]`, `##teamcity[…]`) one `#` likewise.
 */
export function showName(name: string): string {
  return unprintable.test(name) ? name.replace(eachUnprintable, show) : name
}

/**
 * In a class of a regular expression with the u flag: bidirectional controls, zero-width characters, line separators, variation
 * selectors, tags, fillers and what is no character. Nobody sees them, and two names that differ in nothing else look alike (UAX 44,
 * Default_Ignorable_Code_Point; UTS 36, 2.10).
 */
export const unseen = String.raw`\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}`

/** The first `#` of a command in the middle of a line, as a regular expression. */
export const command = '#(?=#[A-Za-z]*\\[)'

// With the u flag a class of surrogates matches lone ones only, never half of a pair.
const escaped = /[\udc80-\udcff]/u
const eachEscaped = new RegExp(escaped, 'gu')
const unprintable = new RegExp(`[\\p{Cc}\\p{Cs}${unseen}]|${command}`, 'u')
const eachUnprintable = new RegExp(unprintable, 'gu')

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code & 0xff).toString(16)}`
  // As in JavaScript, where five digits would be taken for four and one more.
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

// By code unit into one buffer: string by string, 64 MiB of 0xff took 46 s and 4 GB, so it takes 1.5 s and 0.4 GB.
function escapeInvalid(bytes: Buffer): string {
  const units = Buffer.allocUnsafe(bytes.length * 2)
  let length = 0
  for (let at = 0; at < bytes.length; ) {
    const code = sequence(bytes, at)
    if (code < 0x10000) length = units.writeUInt16LE(code === -1 ? 0xdc00 + (bytes[at] ?? 0) : code, length)
    else {
      units.writeUInt16LE(0xd7c0 + (code >> 10), length)
      length = units.writeUInt16LE(0xdc00 + (code & 0x3ff), length + 2)
    }
    at += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return units.toString('utf16le', 0, length)
}

/** The code point of the sequence at `at`, -1 where it is not valid (RFC 3629: no surrogates, nothing overlong). */
function sequence(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return first
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
  let code = first & (0x3f >> more)
  for (let next = at + 1; next <= at + more; next++) {
    const byte = bytes[next] ?? 0
    if ((byte & 0xc0) !== 0x80) return -1
    code = (code << 6) | (byte & 0x3f)
  }
  if (more === 0 || code < (more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000)) return -1
  return first > 0xf4 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? -1 : code
}
