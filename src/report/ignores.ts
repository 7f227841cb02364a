import type { Ignore } from './limits.ts'
import { matchesImage, treeMatcher } from './pattern.ts'
import type { Report } from './schema.ts'

type Finding = Report['findings'][number]
type Notice = Report['notices'][number]

/** An ignore that holds for this image and this day. */
interface Cover {
  readonly ignore: Ignore
  /** A finding without paths has nothing that a pattern could match. */
  readonly covers: (path: string | undefined) => boolean
}

/**
 * What ignores take from the findings of a report. Findings that are kept take nothing from the image, so nothing of them is
 * ignored. An ignore that has expired, or that matches nothing, is told: else it would stay for ever.
 */
export function ignoring(
  { image, findings }: Pick<Report, 'image' | 'findings'>,
  ignores: readonly Ignore[],
  now: Date,
): Pick<Report, 'findings' | 'notices'> {
  const today = now.toISOString().slice(0, 10)
  const meant = ignores.filter(ignore => ignore.image === undefined || matchesImage(ignore.image, image.reference))
  const [held, expired] = [
    meant.filter(ignore => !isOver(ignore, today)),
    meant.filter(ignore => isOver(ignore, today)),
  ]
  const covers = held.map(coverOf)
  const used = new Set<Ignore>()
  const judged = findings.map(finding => {
    const own = finding.verdict === 'keep' ? [] : covers.filter(({ ignore }) => ignore.rule === finding.rule)
    const covering = own.filter(({ covers }) => pathsOf(finding).some(covers))
    for (const { ignore } of covering) used.add(ignore)
    return { ...finding, ignored: ignoredOf(finding, covering) }
  })
  const unused = held.filter(ignore => !used.has(ignore)).map(ignore => unusedNotice(ignore, findings))
  return { findings: judged, notices: [...expired.map(expiredNotice), ...unused] }
}

function isOver({ until }: Ignore, today: string): boolean {
  return until !== undefined && until < today
}

function coverOf(ignore: Ignore): Cover {
  if (ignore.path === undefined) return { ignore, covers: () => true }
  const matches = treeMatcher(ignore.path)
  return { ignore, covers: path => path !== undefined && matches(path) }
}

function pathsOf({ paths }: Finding): readonly (string | undefined)[] {
  return paths.length === 0 ? [undefined] : paths.map(({ path }) => path)
}

function ignoredOf({ paths, saves }: Finding, covering: readonly Cover[]): Finding['ignored'] {
  if (covering.length === 0) return null
  const left = paths.filter(({ path }) => !covering.some(({ covers }) => covers(path)))
  // Rows are gross: of their bytes, earlier findings may have claimed some, and nothing tells of which row. All of a row that
  // is not covered counts as its part of `saves`, so what is ignored is never more than what is covered, and waste never less
  // than it is.
  const rest = left.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    saves: Math.max(0, saves - rest),
    whole: left.length === 0,
    reasons: [...new Set(covering.map(({ ignore }) => ignore.reason))],
  }
}

function expiredNotice(ignore: Ignore): Notice {
  const message = `${named(ignore)} held until ${ignore.until} and holds no longer; its reason was: ${ignore.reason}`
  return { code: 'ignore-expired', message }
}

function unusedNotice(ignore: Ignore, findings: readonly Finding[]): Notice {
  const found = findings.filter(({ rule, verdict }) => rule === ignore.rule && verdict !== 'keep')
  const [largest] = found.flatMap(({ paths }) => paths).sort((a, b) => b.bytes - a.bytes)
  const instead =
    found.length === 0
      ? `${ignore.rule} found nothing here`
      : largest === undefined
        ? `what ${ignore.rule} found has no path`
        : `${ignore.rule} found ${largest.path}${largest.kind === 'folder' ? ' as a whole' : ''}`
  return { code: 'ignore-unused', message: `${named(ignore)} covers nothing: ${instead}` }
}

function named({ rule, path }: Ignore): string {
  return `the ignore of ${rule}${path === undefined ? '' : ` at ${path}`}`
}
