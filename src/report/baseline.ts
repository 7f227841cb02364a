import type { Limit } from './limits.ts'
import type { Report } from './schema.ts'

type Notice = Report['notices'][number]
type Judged = Pick<Report, 'image'>

/** What a reader should know of what growth is measured against: undefined where nothing was named, null where it was not to
 *  be had. */
export function baselineNotices(
  report: Judged,
  against: Judged | null | undefined,
  growth: Limit | undefined,
): Notice[] {
  if (against === undefined) {
    if (growth === undefined) return []
    const message = 'growth was not judged, since nothing to measure it against was named: --against report.json'
    return [{ code: 'baseline-none', message }]
  }
  if (against === null) {
    const message =
      'growth was not judged, since what it is measured against is not there: store the report of an earlier image with ' +
      'imgaudit <image> -o report.json, and name it with --against report.json'
    return [{ code: 'baseline-missing', message }]
  }
  // Comparisons and trends have one without a limit; what can be said of it there, they say.
  if (growth === undefined) return []
  if (report.image.id === against.image.id) {
    const message = `growth is measured against ${against.image.reference}, which is this very image`
    return [{ code: 'baseline-same', message }]
  }
  return [...platformNotice(report, against), ...ageNotice(report, against)]
}

function platformNotice({ image }: Judged, against: Judged): Notice[] {
  const { reference, platform } = against.image
  if (platform === image.platform) return []
  const message = `growth is measured against ${reference}, which is for ${platform}; this image is for ${image.platform}`
  return [{ code: 'baseline-platform', message }]
}

function ageNotice({ image }: Judged, against: Judged): Notice[] {
  const [made, before] = [dayOf(image), dayOf(against.image)]
  if (made === undefined || before === undefined) return []
  const stand = `growth is measured against ${against.image.reference}, which was made on ${dateText(before)}`
  if (before > made) {
    const message = `${stand}, after this image of ${dateText(made)}: the branch is behind; take the report of the merge base`
    return [{ code: 'baseline-newer', message }]
  }
  const age = made - before
  if (age <= old) return []
  const days = Math.floor(age / day)
  return [{ code: 'baseline-old', message: `${stand}, ${days} days before this image: store a newer report` }]
}

const day = 86_400_000
const old = 30 * day

/** When an image was made, in milliseconds; undefined where its date is made up, as reproducible builds do: 1970, 1980. */
function dayOf({ created }: Report['image']): number | undefined {
  const time = Date.parse(created ?? '')
  return time >= Date.UTC(1981) ? time : undefined
}

function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
