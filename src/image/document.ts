import { constants } from 'node:buffer'
import { sha256 } from '../bytes/digest.ts'
import { ImgauditError } from '../error.ts'

/** A JSON object of an image, untrusted: every field is asked for by the type that it must have. */
export type JsonObject = { readonly [key: string]: unknown }

/** Parses a JSON object; `what` names it in the sentence of the error. Throws MANIFEST_INVALID. */
export function parseObject(bytes: Buffer, what: string): JsonObject {
  const value = parseJson(bytes, what)
  if (!isObject(value)) throw invalid(`${what} is no JSON object`)
  return value
}

/** Parses JSON of any kind. Throws MANIFEST_INVALID. */
export function parseJson(bytes: Buffer, what: string): unknown {
  if (bytes.length > constants.MAX_STRING_LENGTH) throw tooLong(bytes.length, what)
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value
  } catch (cause) {
    throw invalid(`${what} is no JSON`, cause)
  }
}

/** With the limit lifted. */
function tooLong(size: number, what: string): ImgauditError {
  const message = `${what} has ${size} bytes: no JSON of more than ${constants.MAX_STRING_LENGTH} can be parsed, whatever the limits`
  return new ImgauditError('LIMIT', message, 'save, copy or pull the image again; no engine loads it as it is')
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What a field holds; undefined where there is none, or null. As for the engines, which read documents with Go's
 * encoding/json, letters are the same in either case (tools of Windows write `user` and `rootfS`), the last of several such
 * fields counts, and null changes nothing: an image must not be root's here and another's there.
 */
export function field(object: JsonObject | undefined, key: string): unknown {
  let value: unknown
  for (const name in object) {
    if (name.length !== key.length || (name !== key && name.toLowerCase() !== key.toLowerCase())) continue
    value = object[name] ?? value
  }
  return value
}

/** A string; undefined where there is none, whatever is there instead. */
export function text(object: JsonObject | undefined, key: string): string | undefined {
  const value = field(object, key)
  return typeof value === 'string' ? value : undefined
}

/** An object; undefined where there is none. */
export function part(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = field(object, key)
  return isObject(value) ? value : undefined
}

/** A list; empty where there is none, as writers put `null` for an empty one. */
export function list(object: JsonObject | undefined, key: string): readonly unknown[] {
  const value = field(object, key)
  return Array.isArray(value) ? value : []
}

/** The strings of a list. */
export function texts(object: JsonObject | undefined, key: string): readonly string[] {
  return list(object, key).filter(value => typeof value === 'string')
}

/** Whether a string is a SHA-256 digest as images write it. */
export function isDigest(value: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(value)
}

/** Throws DIGEST_MISMATCH unless the bytes have the digest that names them; `what` names them in the sentence. */
export function checkDigest(bytes: Buffer, digest: string, what: string): void {
  const actual = sha256(bytes)
  if (actual !== digest) throw digestMismatch(what, digest, actual)
}

export function digestMismatch(what: string, expected: string, actual: string): ImgauditError {
  return new ImgauditError(
    'DIGEST_MISMATCH',
    `${what} is not what its digest says: expected ${expected}, got ${actual}`,
    'the image was damaged or changed on its way: save, copy or pull it again',
  )
}

export function invalid(message: string, cause?: unknown): ImgauditError {
  return new ImgauditError('MANIFEST_INVALID', message, 'save, copy or pull the image again', { cause })
}
