import { ImgauditError } from '../../error.ts'
import { formatPlatform, hostPlatform, type Platform, parsePlatform, satisfies } from '../../image/platform.ts'

/** An image for one platform, as an index names it. */
export interface PlatformChoice {
  readonly platform: Platform
  /** All of its blobs are there: an archive often names platforms that it does not hold. */
  readonly complete: boolean
}

/**
 * The one for `wanted`; without it the host's when it is there, else the only one that is. Throws PLATFORM_MISSING,
 * listing what there is.
 */
export function choosePlatform<Choice extends PlatformChoice>(
  choices: readonly Choice[],
  wanted: string | undefined,
  reference: string,
): Choice {
  const complete = choices.filter(choice => choice.complete)
  if (wanted !== undefined) {
    const platform = parsePlatform(wanted)
    const fitting = choices.filter(choice => satisfies(choice.platform, platform))
    const chosen = fitting.find(choice => choice.complete) ?? fitting[0]
    if (chosen !== undefined) return chosen
    throw platformMissing(complete.length > 0 ? complete : choices, `no ${formatPlatform(platform)} image`, reference)
  }
  const pool = complete.length > 0 ? complete : choices
  const chosen = pool.find(choice => satisfies(choice.platform, hostPlatform()))
  if (chosen !== undefined) return chosen
  const [first] = pool
  const platforms = new Set(pool.map(choice => formatPlatform(choice.platform)))
  if (first !== undefined && platforms.size === 1) return first
  throw platformMissing(
    pool,
    `several images, and none for this machine (${formatPlatform(hostPlatform())})`,
    reference,
  )
}

/** Throws PLATFORM_MISSING where an image that has one platform is not for the wanted one. */
export function checkPlatform(platform: Platform, wanted: string | undefined, reference: string): void {
  if (wanted !== undefined) choosePlatform([{ platform, complete: true }], wanted, reference)
}

/** An index can name tens of thousands. */
function listed(platforms: readonly string[]): string {
  const more = platforms.length - mostListed
  return more > 0 ? `${platforms.slice(0, mostListed).join(', ')} and ${more} others` : platforms.join(', ')
}

const mostListed = 50

function platformMissing(choices: readonly PlatformChoice[], what: string, reference: string): ImgauditError {
  const platforms = [...new Set(choices.map(choice => formatPlatform(choice.platform)))]
  // It is typed as it stands: what an image makes up may be no command.
  const example = platforms.find(platform => /^[\w./-]+$/.test(platform)) ?? 'linux/amd64'
  return new ImgauditError(
    'PLATFORM_MISSING',
    `${reference} has ${what}. It has ${listed(platforms)}`,
    `choose one that is there: --platform ${example}`,
  )
}
