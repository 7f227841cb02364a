/** A secret found in text. Its value is deliberately not part of it. */
export interface SecretSeen {
  /** What it looks like: `AWS access key`, `password`. */
  readonly kind: string
  /** The variable, label or option that holds it, where it has a name. */
  readonly name?: string
}

interface Found extends SecretSeen {
  readonly start: number
  readonly end: number
}

/** Shapes that are secrets wherever they stand. Prefixes are those that the issuers document. */
const shapes: readonly (readonly [kind: string, shape: RegExp])[] = [
  [
    'private key',
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/g],
  ['GitLab token', /\bgl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{20,}/g],
  ['Hugging Face token', /\b(?:hf|api_org)_[A-Za-z0-9]{30,}/g],
  ['NVIDIA API key', /\bnvapi-[A-Za-z0-9_-]{20,}/g],
  ['Anthropic or OpenAI key', /\bsk-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}/g],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['Google API key', /\bAIza[0-9A-Za-z_-]{35}/g],
  ['Stripe key', /\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}/g],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}/g],
  ['PyPI token', /\bpypi-[A-Za-z0-9_-]{50,}/g],
  ['Docker Hub token', /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/g],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{8,300}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g],
]

/** `scheme://user:password@host`, and `scheme://token@host` where the token is too long to be a user's name. The host stands behind
 *  the last `@`, which people put into passwords as it is. Of a path only one slash is left. */
const credentials = /\b[a-z][a-z0-9+.-]{1,20}:\/\/?((?:[^\s/:@'"]*:[^\s/'"]+|[^\s/:@'"]{20,})@)/gi
/** Shapes in which a part is the secret, the group; some only where a word stands before them. */
const places: readonly (readonly [kind: string, place: RegExp, before?: RegExp])[] = [
  [
    'authorization header',
    /\b(?:Authorization\s*:\s*(?:[a-z]{1,20}\s+)?|(?:Bearer|Basic)\s+)([A-Za-z0-9._~+/=-]{8,})/gi,
  ],
  // curl's manual: -u, --user <user:password>.
  [
    'password',
    /(?<=\s)(?:-[a-z]{0,9}u\s?|--(?:proxy-)?user[\s=])["']?[^\s:"'/$]{1,128}:([^\s"'$][^\s"']*)/gi,
    /\bcurl\s[^\n;&|]*$/,
  ],
  ['password', /(?<=\s)-p\s?([^\s$]\S*)/g, /\b(?:sshpass|login)\s[^\n;&|]*$/],
  // netrc(5).
  ['login data', /(?<=\s)login\s+\S{1,128}\s+password\s+([^\s$]\S*)/g, /\b(?:machine\s+\S+|default)\s*$/],
  ['login data of registries', /"auth"\s*:\s*"([A-Za-z0-9+/=]{8,})"/g],
  ['Anaconda token', /:\/\/[^\s/]{1,253}\/t\/([A-Za-z0-9-]{8,})(?=\/)/g],
  ['signed URL', /[?&](?:X-Amz-Signature|X-Goog-Signature|sig)=([^&\s"']{8,})/gi],
]
/** How far before a shape its word is looked for, in characters. */
const near = 300

// Names have an upper bound: without one a long text of nothing but dots and letters takes quadratic time. Values have no
// end but a blank: to mask a bracket too much harms nobody, to mask half a password does. Only those of secrets are read, so
// that `url: "https://a/?token=b"` is seen to have a second name in it, and each value is read once.
/** A name and what stands before its value: `NAME=`, `name: `, `"name": `. */
const assignment = /(?<![\w$.-])-{0,2}["']?([A-Za-z_][\w.-]{0,127})["']?(?:\s?:\s*|\s=\s|=)/g
/** `--name `. */
const option = /(?<![\w$.-])--([A-Za-z][\w.-]{0,127})\s+/g
/** `configure set name `, as of aws and npm. */
const set = /(?<=\sset\s{1,8})(?:\S{0,253}:)?([A-Za-z_][\w.-]{0,127})\s+(?!=)/g
/** As a shell puts words together: `"a b"c`. */
const word = /(?:"(?:[^"\\]|\\.)*"|'[^']*')[^\s,;)}\]]*|\S+/y
/** `ENV NAME=a value OTHER=b`: builders record it without the quotes that held a value together. */
const recorded = /(?<=\s)([A-Za-z][\w.-]{0,127})=/g
const recordedValue = /"(?:[^"\\]|\\.)*"|'[^']*'|\S[\s\S]*?(?=\s[A-Za-z_][\w.-]{0,127}=|$)/y
/** `ENV NAME value`, the form without a sign. */
const spaced = /^(?:ENV|ARG)\s+([A-Za-z]\w{0,127})\s+(?!=)/gm
/** Of a shell: names in it are none of the text's. */
const expansion = /["']?\$\{[^}]{0,200}\}/y
const restOfLine = /\S.*/y
const rest = /\S[\s\S]*/y

const forms: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [assignment, word],
  [option, word],
  [set, word],
  [spaced, restOfLine],
]
const declared: typeof forms = [[recorded, recordedValue], [spaced, rest], ...forms]

const secretWord =
  /(?:^|[_.-])(?:\w*password|\w*passwd|passphrase|passwort|pass|pwd|_auth|\w{0,20}authtoken|identitytoken|secret|secrets|token|apikey|credential|credentials|(?:api|access|secret|private|auth|encryption|signing|license|account|master|storage)[_.-]?key)(?:$|[_.-](?:\d+|value|id_rsa|base64|b64|key)?$)/i
/** A place where the secret is, or the name of something else. */
const publicName = /(?:^|[_.-])(?:file|path|dir|url|uri|endpoint|name|type|count|limit|length|expiry|ttl)$/i
const reference = /^["']?(?:\$(?!\{\w+:?[-=+][^}])|\/run\/secrets\/|\{\{|<[^>]*>["']?$)/
const blank = /^["']?(?:|true|false|null|none|yes|no|\d{1,3}|\*+|x{3,})["']?$/i

/** Whether what a variable of this name holds is a secret: DB_PASSWORD, hfToken; not TOKENIZERS_PARALLELISM, GPG_KEY. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  if (publicName.test(words)) return false
  return words.toLowerCase() !== 'pwd' && words.toLowerCase() !== 'oldpwd' && secretWord.test(words)
}

/** The text with the value of every secret in it replaced by `***`. */
export function maskSecrets(text: string): string {
  let masked = ''
  let from = 0
  for (const { start, end } of find(text)) {
    masked += `${text.slice(from, start)}***`
    from = end
  }
  return masked + text.slice(from)
}

/** What kinds of secrets a text has in it, in the order in which they stand. */
export function secretsIn(text: string): readonly SecretSeen[] {
  return find(text).map(({ kind, name }) => (name === undefined ? { kind } : { kind, name }))
}

/** Ranges of values, from first to last, none inside another: an outer one hides what it covers. */
function find(text: string): readonly Found[] {
  const found = [...byShape(text), ...byName(text)].sort((a, b) => a.start - b.start || b.end - a.end)
  const apart: Found[] = []
  let end = 0
  for (const secret of found) {
    const last = apart.at(-1)
    if (last?.end === secret.end && secret.name !== undefined) apart[apart.length - 1] = { ...last, name: secret.name }
    if (secret.end <= end) continue
    const start = Math.max(secret.start, end)
    apart.push({ ...secret, start })
    end = secret.end
  }
  return apart
}

function* byShape(text: string): Iterable<Found> {
  for (const [kind, shape] of shapes) {
    for (const match of text.matchAll(shape)) yield { kind, start: match.index, end: match.index + match[0].length }
  }
  for (const match of text.matchAll(credentials)) {
    const end = match.index + match[0].length - 1
    const start = end + 1 - (match[1]?.length ?? 0)
    if (!reference.test(text.slice(start + text.slice(start, end).indexOf(':') + 1, end))) {
      yield { kind: 'URL with credentials', start, end }
    }
  }
  for (const [kind, place, before] of places) {
    for (const match of text.matchAll(place)) {
      const [whole, value = ''] = match
      if (before?.test(text.slice(Math.max(0, match.index - near), match.index)) === false) continue
      const start = match.index + whole.lastIndexOf(value)
      yield { kind, start, end: start + value.length }
    }
  }
}

function* byName(text: string): Iterable<Found> {
  for (const [names, values] of /^(?:ENV|ARG|LABEL)\s/.test(text) ? declared : forms) {
    let read = 0
    for (const match of text.matchAll(names)) {
      const [whole, name = ''] = match
      if (match.index < read || !isSecretName(name)) continue
      const start = match.index + whole.length
      values.lastIndex = start
      const [value = ''] = values.exec(text) ?? []
      if (reference.test(value) || blank.test(value)) {
        expansion.lastIndex = start
        read = start + (expansion.exec(text)?.[0].length ?? 0)
        continue
      }
      read = start + value.length
      yield { kind: kindOf(name), name, start, end: read }
    }
  }
}

function kindOf(name: string): string {
  if (/pass|pwd/i.test(name)) return 'password'
  if (/token/i.test(name)) return 'token'
  return /key/i.test(name) ? 'key' : 'secret'
}
