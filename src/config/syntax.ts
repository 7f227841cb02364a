import { type Alias, type Document, isAlias, isMap, isNode, parseDocument as parseYaml, visit } from 'yaml'
import { reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { guide } from './fault.ts'
import type { ConfigurationFile } from './find.ts'

/** What a file says, and where. */
export interface Parsed {
  readonly value: unknown
  /** `:3:9`, the line and column of a key below `within`, or of what is nearest around it. */
  readonly placeOf: (path: readonly PropertyKey[]) => string
}

/** Parses YAML, or JSON, which is YAML too: that tells where a key is, and which one stands twice. Throws CONFIG_INVALID. */
export function parseDocument(text: string, { name, within }: ConfigurationFile, isJson: boolean): Parsed {
  if (isJson) checkJson(text, name)
  const document = parseYaml(text, { schema: 'core', prettyErrors: false, logLevel: 'error' })
  // What else a package.json has is somebody else's.
  const [start, , end] = (within.length > 0 && rangeOf(document, within)) || [0, text.length, text.length]
  const [error] = [...document.errors, ...document.warnings].filter(({ pos }) => pos[0] >= start && pos[0] <= end)
  if (error !== undefined) {
    const message = `${name}${placeIn(text, error.pos[0])}: ${said(error.code, error.message, text.slice(error.pos[0]))}`
    throw new ImgauditError('CONFIG_INVALID', message, fixes[error.code] ?? guide)
  }
  const alias = lostAlias(document)
  if (alias !== undefined) {
    const message = `${name}${placeIn(text, alias.range?.[0] ?? 0)}: *${alias.source} would be an alias, and is none`
    throw new ImgauditError('CONFIG_INVALID', message, quoted)
  }
  return {
    value: unfolded(document, within, name),
    placeOf: path => placeIn(text, startOf(document, [...within, ...path])),
  }
}

/** A pattern that begins with `*`, as a rule. */
function lostAlias(document: Document): Alias | undefined {
  const anchors = new Set<string>()
  let lost: Alias | undefined
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor)
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return undefined
      lost = alias
      return visit.BREAK
    },
  })
  return lost
}

const quoted = 'write what begins with * in quotes: "**/*.whl"'

const fixes: Readonly<Record<string, string>> = {
  BAD_ALIAS: quoted,
  DUPLICATE_KEY: 'leave one of the two out',
  MULTIPLE_DOCS: 'leave one document',
  TAB_AS_INDENT: 'indent with blanks',
}

function checkJson(text: string, name: string): void {
  try {
    JSON.parse(text)
  } catch (cause) {
    const [, position] = /at position (\d+)/.exec(String(cause)) ?? []
    const end = /end of JSON|Unterminated/.test(String(cause)) ? text.length : undefined
    const place = position === undefined && end === undefined ? '' : placeIn(text, Number(position ?? end))
    throw new ImgauditError('CONFIG_INVALID', `${name}${place}: it is not JSON`, 'mend it, or write it as YAML', {
      cause,
    })
  }
}

function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n')
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

/** Errors in the words of the library, but for those that speak to its caller. */
function said(code: string, message: string, rest: string): string {
  if (code === 'DUPLICATE_KEY') return `${/^["']?([^"':\n]*)/.exec(rest)?.[1] ?? 'a key'} stands here twice`
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here'
  return message
}

function unfolded(document: Document, within: readonly string[], name: string): unknown {
  const all = aliased(document, name)
  return within.reduce((value, key) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) return Reflect.get(value, key)
    throw new ImgauditError('CONFIG_INVALID', `${name} has no key ${key}`, 'name a file that is a configuration')
  }, all)
}

function aliased(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    // Aliases of aliases unfold to any size.
    const many = reasonOf(cause).startsWith('Excessive')
    const message = many ? 'it has too many aliases' : reasonOf(cause)
    throw new ImgauditError('CONFIG_INVALID', `${name}: ${message}`, 'write out what its aliases stand for', { cause })
  }
}

function rangeOf(document: Document, path: readonly PropertyKey[]) {
  const node = document.getIn(path, true)
  return isNode(node) ? node.range : undefined
}

/** Where a value begins; of a key that is not there, what is around it. */
function startOf(document: Document, path: readonly PropertyKey[]): number {
  const last = path.at(-1)
  const around = document.getIn(path.slice(0, -1), true)
  const map = isAlias(around) ? around.resolve(document) : around
  const pair = isMap(map) ? map.items.find(({ key }) => isNode(key) && String(key) === last) : undefined
  if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0
  const range = rangeOf(document, path)
  if (range) return range[0]
  return path.length === 0 ? 0 : startOf(document, path.slice(0, -1))
}
