import { command, unseen } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import type { Report } from './schema.ts'

/** The report itself. */
export default function json(report: Report): string {
  return jsonText(report)
}

/**
 * A part of a report as valid UTF-8 that is harmless in a terminal and in the log of a CI job. JSON.stringify escapes C0 and lone
 * surrogates (bytes of a name that were not UTF-8); DEL, C1 and what `showName` does not let pass is escaped here. Throws
 * OUTPUT_FAILED where it is too long.
 */
export function jsonText(report: object): string {
  try {
    return `${JSON.stringify(report, null, 2).replace(unprintable, escaped)}\n`
  } catch (cause) {
    // "Invalid string length": V8 has no longer ones.
    if (!(cause instanceof RangeError)) throw cause
    const message = 'the report is longer than 512 MiB as JSON, which is as much as is written'
    throw new ImgauditError('OUTPUT_FAILED', message, 'take a shorter format: -f table or -o report.md', { cause })
  }
}

/** The same on one line: a record of NDJSON. */
export function jsonLine(record: object): string {
  return `${JSON.stringify(record).replace(unprintable, escaped)}\n`
}

const unprintable = new RegExp(`[\\u007f-\\u009f${unseen}]|${command}`, 'gu')

/** By UTF-16 code units, as JSON has it. */
function escaped(character: string): string {
  return character.replace(/[\s\S]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
