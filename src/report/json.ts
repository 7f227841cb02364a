import type { Report } from './schema.ts'

/** The report itself. */
export default function json(report: Report): string {
  return jsonText(report)
}

/**
 * A part of a report as valid UTF-8 that is harmless in a terminal. JSON.stringify escapes C0 and lone surrogates (bytes
 * of a name that were not UTF-8); DEL, C1, line separators and bidirectional controls are escaped here.
 */
export function jsonText(report: object): string {
  return `${JSON.stringify(report, null, 2).replace(unprintable, escaped)}\n`
}

/** The same on one line: a record of NDJSON. */
export function jsonLine(record: object): string {
  return `${JSON.stringify(record).replace(unprintable, escaped)}\n`
}

const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
