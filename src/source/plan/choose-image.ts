import { ImgauditError } from '../../error.ts'
import { sameName, splitName } from '../../image/reference.ts'

/** One of the images that an archive or layout holds. */
export interface Candidate {
  /** Every name that it goes by. */
  readonly names: readonly string[]
  /** Digests that it can be chosen by: of its manifest or index, of its configuration. */
  readonly digests: readonly string[]
}

/**
 * The one that is wanted: by its number from 1 on, a name, a tag or the beginning of a digest. Throws IMAGE_AMBIGUOUS
 * when nothing says which of several, IMAGE_MISSING when none is what was asked for; both list what there is.
 */
export function chooseImage<Choice extends Candidate>(
  candidates: readonly Choice[],
  wanted: string | undefined,
  reference: string,
): Choice {
  const [first, second] = candidates
  if (wanted === undefined) {
    if (first !== undefined && second === undefined) return first
    throw ambiguous(candidates, reference)
  }
  const numbered = /^\d{1,4}$/.test(wanted) ? candidates[Number(wanted) - 1] : undefined
  const fitting = exact(candidates, wanted)
  if (fitting.length > 1) throw ambiguous(fitting, reference, wanted)
  const chosen = fitting[0] ?? numbered
  if (chosen !== undefined) return chosen
  throw new ImgauditError(
    'IMAGE_MISSING',
    `${reference} holds no image ${JSON.stringify(wanted)}. It holds ${listing(candidates)}`,
    `choose one with --image, for example --image ${example(candidates)}`,
  )
}

// A full name counts before a tag alone, a tag before the beginning of a digest.
function exact<Choice extends Candidate>(candidates: readonly Choice[], wanted: string): readonly Choice[] {
  const hex = wanted.replace(/^sha256:/, '').toLowerCase()
  const ways: readonly ((candidate: Choice) => boolean)[] = [
    ({ names }) => names.some(name => name === wanted || sameName(name, wanted)),
    ({ names }) => names.some(name => splitName(name).tag === wanted),
    ({ digests }) => /^[0-9a-f]{4,64}$/.test(hex) && digests.some(digest => digest.startsWith(`sha256:${hex}`)),
  ]
  for (const way of ways) {
    const fitting = candidates.filter(way)
    if (fitting.length > 0) return fitting
  }
  return []
}

function ambiguous(candidates: readonly Candidate[], reference: string, wanted?: string): ImgauditError {
  const asked = wanted === undefined ? '' : ` that fit ${JSON.stringify(wanted)}`
  return new ImgauditError(
    'IMAGE_AMBIGUOUS',
    `${reference} holds ${candidates.length} images${asked}: ${listing(candidates)}`,
    `choose one with --image, for example --image ${example(candidates)}`,
  )
}

/** Images that are listed, and names of each: an index can have tens of thousands. */
const mostListed = 20

function listing(candidates: readonly Candidate[]): string {
  const shown = candidates.slice(0, mostListed).map((candidate, at) => `${at + 1}. ${describe(candidate)}`)
  return [...shown, ...others(candidates.length)].join(', ')
}

function others(count: number): string[] {
  return count > mostListed ? [`and ${count - mostListed} others`] : []
}

function describe({ names, digests }: Candidate): string {
  const digest = digests[0]?.slice(0, 'sha256:'.length + 12)
  if (names.length === 0) return digest ?? 'without a name'
  const shown = [...names.slice(0, mostListed), ...others(names.length)].join(' = ')
  return digest === undefined ? shown : `${shown} (${digest})`
}

function example(candidates: readonly Candidate[]): string {
  const name = candidates[0]?.names[0]
  return name !== undefined && /^[\w./:@-]+$/.test(name) ? name : '1'
}
