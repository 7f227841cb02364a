import { secretsIn } from './secret-text.ts'

/** Whether a JSON document has a secret in it, in a text or as what a field of such a name holds. Also where it cannot be read. */
export function hasSecrets(bytes: Buffer): boolean {
  let found = false
  try {
    JSON.parse(bytes.toString('utf8'), (key, value: unknown) => {
      // Labels have their names for keys, and an element of a list its number.
      if (typeof value === 'string') found ||= secretsIn(value).length > 0 || secretsIn(`${key}=${value}`).length > 0
      return null
    })
  } catch {
    return true
  }
  return found
}
