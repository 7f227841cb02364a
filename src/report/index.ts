import type { Formatter } from './format.ts'

export type FormatName = keyof typeof formats

/** Formats by name, each loaded when it is asked for. */
export const formats = {
  table: async (): Promise<Formatter> => (await import('./table.ts')).default,
  json: async (): Promise<Formatter> => (await import('./json.ts')).default,
}

/** The format of a file, by the ending of its name. */
export const formatByEnding: Readonly<Record<string, FormatName>> = {
  '.json': 'json',
  '.txt': 'table',
}

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}
