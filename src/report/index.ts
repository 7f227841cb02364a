import type { Formatter } from './format.ts'
import type { Report } from './schema.ts'

export const formatNames = ['table', 'json', 'markdown', 'sarif', 'github', 'gitlab', 'junit'] as const

export type FormatName = (typeof formatNames)[number]

/** What can be printed of a document, by format, each loaded when it is asked for. */
export type View<Document> = Readonly<Partial<Record<FormatName, () => Promise<Formatter<Document>>>>>

/** The formats of a report. */
export const formats: View<Report> = {
  table: async () => (await import('./table.ts')).default,
  json: async () => (await import('./json.ts')).default,
  markdown: async () => (await import('./markdown.ts')).default,
  github: async () => (await import('./github.ts')).default,
  sarif: async () => (await import('./sarif.ts')).default,
  gitlab: async () => (await import('./gitlab.ts')).default,
  junit: async () => (await import('./junit.ts')).default,
}

/** The format of a file, by the ending of its name; `-o gitlab=report.json` names it outright. */
export const formatByEnding: Readonly<Record<string, FormatName>> = {
  '.json': 'json',
  '.txt': 'table',
  '.md': 'markdown',
  '.sarif': 'sarif',
  '.xml': 'junit',
}

export function isFormatName(name: string): name is FormatName {
  return formatNames.some(known => known === name)
}
