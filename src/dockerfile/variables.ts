/** Values of ARG and ENV, as far as the Dockerfile tells them. */
export type Values = ReadonlyMap<string, string>

const variable = /\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^{}$]*))?\})/g

/** What builders cannot have meant: values that double in every line. */
const longest = 4096

/** The text with the variables in it that are known; the others stay as they are. */
export function expand(text: string, values: Values): string {
  let grown = 0
  return text.replace(variable, (whole, plain?: string, braced?: string, sign?: string, word = '') => {
    const value = values.get(plain ?? braced ?? '')
    const set = value !== undefined && (value !== '' || sign?.startsWith(':') !== true)
    const put = sign?.endsWith('-') ? (set ? value : word) : sign?.endsWith('+') ? (set ? word : whole) : value
    if (put === undefined || grown + put.length > longest) return whole
    grown += put.length
    return put
  })
}

/** Names and values of `A=b C="d e"`, quotes taken off; undefined for a name alone. */
export function assignments(text: string): (readonly [name: string, value: string | undefined])[] {
  const found = text.matchAll(
    /(?<=^|\s)([A-Za-z_][\w.-]*)(?:=((?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\s"'\\])*))?/g,
  )
  return [...found].map(([, name = '', value]) => [name, value === undefined ? undefined : unquoted(value)] as const)
}

/** Puts what an ARG or ENV says into the values. An ARG without a value has what stood before the first FROM. */
export function assign(values: Map<string, string>, word: string, text: string, head: Values): void {
  // ENV has an old form without a sign, of one name: `ENV A b c`.
  const [, old, rest = ''] = (word === 'ENV' && /^([A-Za-z_][\w.-]*)\s+([\s\S]*)$/.exec(text)) || []
  for (const [name, value] of old === undefined ? assignments(text) : [[old, rest] as const]) {
    const known = value === undefined ? head.get(name) : expand(value, values)
    if (known !== undefined && known.length <= longest) values.set(name, known)
    else if (value !== undefined) values.delete(name)
  }
}

function unquoted(value: string): string {
  return value.replace(
    /"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|\\([\s\S])/g,
    (_, double?: string, single?: string, one?: string) => {
      return double?.replace(/\\([\s\S])/g, '$1') ?? single ?? one ?? ''
    },
  )
}
