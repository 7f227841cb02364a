import type { Evidence } from '../evidence/evidence.ts'
import { instruction } from './claims.ts'

/** The command of a RUN; undefined for any other instruction, and for a here-document. */
export function commandOf(text: string | undefined): string | undefined {
  const command = /^RUN\s+(.+)$/.exec(text ?? '')?.[1]
  return command?.includes('<<') ? undefined : command
}

/** A path as one word of a shell: names are the image's, and what it calls `$(…)` is not to be run by who follows advice. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** Paths as words of a shell. */
export function shellWords(paths: readonly string[]): string {
  return paths.map(shellWord).join(' ')
}

/** What a COPY or ADD names; undefined for any other instruction, and where the target cannot be told. */
export function copyOf(text: string | undefined) {
  const [word = '', ...rest] = (text ?? '').split(/\s+/)
  if (word !== 'COPY' && word !== 'ADD') return undefined
  const names = rest.filter(part => !part.startsWith('--'))
  const target = names.pop()
  if (target === undefined || names.length === 0 || names[0]?.startsWith('[')) return undefined
  const options = rest.filter(part => part.startsWith('--'))
  return { word, options, sources: names, target: target.length > 1 ? target.replace(/\/$/, '') : target }
}

/** Two RUNs, and what lies between them, as one; undefined where one of them is not known to be a RUN. */
export function oneRun(evidence: Evidence, first: number, last: number): string | undefined {
  const from = commandOf(instruction(evidence, first))
  const to = commandOf(instruction(evidence, last))
  if (from === undefined || to === undefined) return undefined
  return ['RUN', from, ...(last - first > 1 ? ['&& …'] : []), '&&', to].join(' ')
}
