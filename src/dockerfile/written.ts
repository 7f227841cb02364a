/** What a builder reads of an instruction. */
export interface Written {
  /** Behind the word, on one line: continued lines joined, the comments between them left out. */
  readonly text: string
  /** The lines of its here-documents, with those that end them. */
  readonly body: readonly string[]
}

/** Reads the lines of one instruction as BuildKit's parser does (frontend/dockerfile/parser). */
export function writtenOf(lines: readonly string[], escaping: string): Written {
  const parts: string[] = []
  let next = 0
  for (let open = true; open && next < lines.length; next++) {
    const line = lines[next] ?? ''
    const trimmed = line.trim()
    if (parts.length > 0 && (trimmed === '' || trimmed.startsWith('#'))) continue
    const end = line.trimEnd()
    open = end.endsWith(escaping) && !end.endsWith(escaping + escaping)
    parts.push(open ? end.slice(0, -1) : line)
  }
  const [, text = ''] = /^\s*\S+\s*([\s\S]*)$/.exec(parts.join('')) ?? []
  return { text: text.trim(), body: lines.slice(next) }
}
