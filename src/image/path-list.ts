/** How a list of paths is written: by a NUL between them, to be had back by one `split`, or else as JSON. */
const forms = ['latin1', 'utf8'] as const

/** A list of paths as text, and the number of the encoding in which that becomes bytes. */
export interface PathText {
  readonly form: number
  readonly text: string
  /** Bytes. */
  readonly size: number
}

/** Writes the paths that a package record lists: any strings at all, in any order. */
export function pathText(paths: readonly string[]): PathText {
  const text = paths.join('\0')
  if (paths.length > 0 && !beyond.test(text) && !paths.some(path => path.includes('\0')))
    return { form: 0, text, size: text.length }
  // It keeps lone surrogates as they are, which stand for bytes that were not UTF-8.
  const json = JSON.stringify(paths)
  return { form: 1, text: json, size: Buffer.byteLength(json) }
}

/** All texts one behind the other. */
export function bytesOfTexts(texts: readonly PathText[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(texts.reduce((sum, { size }) => sum + size, 0))
  let end = 0
  for (const { form, text } of texts) end += bytes.write(text, end, forms[form])
  return bytes
}

/** The paths again out of the bytes of one text. Throws a RangeError or a SyntaxError for what is none. */
export function pathsOf(form: number, bytes: Buffer): readonly string[] {
  if (form === 0) return bytes.toString('latin1').split('\0')
  const paths: unknown = JSON.parse(bytes.toString())
  if (!Array.isArray(paths)) throw new RangeError('no list of paths')
  return paths
}

const beyond = /[\u0100-\uffff]/
