import { annotations } from './annotations.ts'
import type { Report } from './schema.ts'
import { shareText, sizeText } from './size-text.ts'

/** The report as annotations of GitHub Actions. */
export default function github(report: Report): string {
  const { image, size, savings } = report
  const { safe, check } = savings
  const waste = `${sizeText(safe + check)} (${shareText(safe + check, size.files)}) of it waste`
  const sum = `${image.reference}: ${sizeText(size.files)}, ${waste}: ${sizeText(safe)} safe to take, ${sizeText(check)} to check`
  return annotations(report, sum)
}
