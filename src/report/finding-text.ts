import type { Judged } from './format.ts'
import { shorten } from './shorten.ts'
import { sizeText } from './size-text.ts'
import { eachLine, oneLine } from './table/line.ts'

type Finding = Judged['findings'][number]

/** A finding in words that are harmless to print. */
export interface FindingText {
  /** What is found, how much, and whether it can go. */
  readonly what: string
  /** The evidence; empty where there is none. */
  readonly why: string
  /** The Dockerfile as it should be, by lines. */
  readonly write: readonly string[]
}

/** Characters of a line, and lines: an instruction can be a program of a megabyte. */
const mostOfLine = 1000
const mostLines = 40

export function findingText(finding: Finding): FindingText {
  const amount = amountText(finding)
  const message = clip(oneLine(finding.message))
  const after = eachLine(finding.fix.after ?? '').map(clip)
  return {
    what: amount === '' ? message : `${message}: ${amount}`,
    why: clip(finding.because.map(oneLine).join('; ')),
    write: after.length > mostLines ? [...after.slice(0, mostLines), '…'] : after,
  }
}

/** All of it, one below the other. */
export function textLines({ what, why, write: [first, ...others] }: FindingText): string[] {
  const lines = why === '' ? [what] : [what, why]
  return first === undefined ? lines : [...lines, `write: ${first}`, ...others]
}

/** `1.30 GB, safe to take`; empty where it has no bytes. */
function amountText({ bytes, saves, verdict, ignored }: Finding): string {
  if (bytes === 0) return ''
  if (saves === 0) return `${sizeText(bytes)}, which other findings take already`
  const stand = `${sizeText(saves)}, ${verdict === 'safe' ? 'safe to take' : 'to check'}`
  return ignored === null || ignored.whole ? stand : `${stand}, ${sizeText(ignored.saves)} of it ignored`
}

function clip(text: string): string {
  return shorten(text, mostOfLine)
}
