import fc from 'fast-check'

/** A word that is in every hostile name, and nowhere else. */
export const token = 'q7z'

const fragments = [
  ...[
    '`',
    '``',
    '```',
    '````\n',
    '|',
    '\\',
    '\\|',
    '\\\\|',
    '~',
    '~~',
    '~~~',
    '*',
    '**',
    '_',
    '$',
    '$$',
    '^',
    '&lt;',
    '&',
  ],
  ...['\n', '\r\n', '\n\n', ' ', '\t', '\u0085', '\u2028', '\u202e', '\udcff', '\u001b[2J', '\0'],
  ...['<', '>', '</details>', '</code>', '<!--', '-->', '--', '<img src=x onerror=alert(1)>', '<script>', '<a href=x>'],
  ...[
    '@user',
    '@org/team',
    '#12',
    'GH-12',
    'a/b#3',
    'TICKET-12',
    'a5c3785ed8d6a35868bc169f07e40e889087fd2e',
    '1234567',
  ],
  ...[
    'www.example.com',
    'http://e.example',
    'a@b.example',
    'mailto:a@b.example',
    '[x](y)',
    '![x](y)',
    '[^1]',
    '[x]: /y',
  ],
  ...['1. ', '- ', '+ ', '# ', '> ', '---', '===', '| --- |', ':tada:', '模', '😀'],
  ...[
    '::error::x',
    '\n::set-output name=x::y',
    '\r::stop-commands::x',
    '::add-mask::a',
    '##[error]x',
    '%0A',
    '%',
    ',',
    ':',
  ],
]

/** Names out of an image that are markup, commands, links, or no text at all. */
export const hostileName: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fragments) }, fc.string({ unit: 'binary', maxLength: 4 })),
      {
        maxLength: 8,
      },
    ),
    fc.nat(),
  )
  .map(([parts, at]) => parts.toSpliced(at % (parts.length + 1), 0, token).join(''))

/** What a report or a comparison says that no image can choose. */
const kept = new Set(['kind', 'verdict', 'change', 'unit', 'manager', 'route', 'schemaVersion'])

/** The document with one name in all of its texts, wherever an image, a path or a sentence about them stands. */
export function poisoned<Document>(document: Document, name: string): Document {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => (kept.has(key) ? value : poison(key, value, name))),
  )
}

function poison(key: string, value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map(part => (typeof part === 'string' ? `it has ${name}` : part))
  if (typeof value !== 'string') return value
  if (key === 'message') return `layer 3 has ${name} again`
  if (key === 'code') return value.endsWith('-differs') ? value : name
  // Dockerfile text stays such.
  if (key === 'after' || key === 'createdBy') return `RUN ${name}`
  return name
}
