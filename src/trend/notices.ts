import { parseReference, splitName } from '../image/reference.ts'
import type { Report } from '../report/schema.ts'
import { grouped } from '../rule/grouped.ts'
import type { Trend } from './schema.ts'

/** What a reader should know before one image is held against another. */
export function noticesOf(reports: readonly Report[]): Trend['notices'] {
  return [
    ...differing('platform-differs', 'images are for other platforms', reports, ({ image }) => image.platform),
    ...differing('repository-differs', 'images are of other repositories', reports, repositoryOf),
    ...differing(
      'version-differs',
      'reports are of other versions of imgaudit, which can find other causes',
      reports,
      by,
    ),
    ...twins(reports),
  ]
}

function differing(
  code: string,
  message: string,
  reports: readonly Report[],
  of: (report: Report) => string | undefined,
): Trend['notices'] {
  const values = new Set(reports.map(of).filter(value => value !== undefined))
  return values.size < 2 ? [] : [{ code, message: `${message}: ${listed([...values])}` }]
}

/** Undefined of archives, folders and IDs: their names say nothing of what is in them. */
function repositoryOf({ image }: Report): string | undefined {
  if (!engines.has(image.source)) return undefined
  const { rest } = parseReference(image.reference)
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(rest) ? undefined : splitName(rest).repository
}

const engines: ReadonlySet<string> = new Set(['docker', 'podman', 'containerd', 'containers-storage'])

function by({ tool }: Report): string {
  return tool.version
}

function twins(reports: readonly Report[]): Trend['notices'] {
  return [...grouped(reports, ({ image }) => image.id)]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => {
      const references = same.map(({ image }) => image.reference)
      const message = `the same image ${id.slice(0, 19)} stands here ${same.length} times: ${listed(references)}`
      return { code: 'same-image', message }
    })
}

/** The first few names, and how many more there are. */
function listed(names: readonly string[]): string {
  const most = 3
  if (names.length <= most + 1) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
