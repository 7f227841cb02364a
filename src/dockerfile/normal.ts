const flags: Readonly<Record<string, RegExp>> = {
  ADD: /^(?:--[a-z]\S*\s+)+/,
  COPY: /^(?:--[a-z]\S*\s+)+/,
  RUN: /^(?:--(?:mount|network|security|device)\b\S*\s+)+/,
}

const shell = /^(?:\/\S*\/)?(?:ba|da|a|z|k)?sh\s+(?:(?:-[A-Za-z]+|pipefail)\s+)*?-[A-Za-z]*c\s+/

/** An instruction in capitals and its arguments, which have the same text whoever wrote them down. */
export interface Normal {
  /** Empty where what is recorded is no instruction. */
  readonly word: string
  readonly text: string
}

/** Without flags, which some builders record and others do not, without shells, and with single blanks. */
export function normal(instruction: string): Normal {
  const [, written = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s+([\s\S]*))?$/.exec(instruction) ?? []
  const word = words.has(written.toUpperCase()) ? written.toUpperCase() : ''
  return { word, text: normalText(word, word === '' ? instruction : rest) }
}

/** Of the text behind the word alone. */
export function normalText(word: string, text: string): string {
  let bare = withoutFlags(word, text)
  if (word === 'RUN')
    for (let found = shell.exec(bare); found !== null; found = shell.exec(bare)) bare = bare.slice(found[0].length)
  if (word === 'ADD' || word === 'COPY') bare = bare.replace(/<<-?(["']?)([\w.-]+)\1(?=\s)/g, '<<$2')
  return bare.replace(/\s+/g, ' ').trim()
}

export function withoutFlags(word: string, text: string): string {
  return text.trim().replace(flags[word] ?? /^$/, '')
}

/** A path as `COPY` records it: no slash at its end. */
export function bareFolder(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, '').replace(/^\.\/(?=.)/, '')
}

const words = new Set(['ADD', 'COPY', 'RUN', 'WORKDIR'])
