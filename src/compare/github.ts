import { annotations } from '../report/annotations.ts'
import { signedText, sizeText } from '../report/size-text.ts'
import { judgedOf } from './judged.ts'
import type { Comparison } from './schema.ts'

/** What is new since an earlier image as annotations of GitHub Actions. */
export default function github(comparison: Comparison): string {
  const { before, after, difference, pull } = comparison
  const growth = `${sizeText(before.size.files)} → ${sizeText(after.size.files)}, ${signedText(difference.files)}`
  const fetched = `${sizeText(pull.bytes)} to pull${pull.kind === 'stored' ? '' : ', unpacked'}`
  const sum = `${after.image.reference} after ${before.image.reference}: ${growth}; ${fetched}`
  return annotations(judgedOf(comparison), sum)
}
