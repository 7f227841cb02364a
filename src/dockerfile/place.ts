import { showName } from '../bytes/name.ts'
import type { Report } from '../report/schema.ts'
import { countText } from '../report/size-text.ts'
import { align } from './align.ts'
import { recordedOf } from './alike.ts'
import type { Dockerfile } from './dockerfile.ts'
import type { Step } from './step.ts'
import { planOf } from './steps.ts'

/** The share of an image's own layers that a Dockerfile explains when it is its own: it can have been edited since. */
const enough = 0.6

/** Finds each layer's instruction in a Dockerfile, FROM for those of the base: fills `layers[].dockerfile`, and says in a notice
 *  where it does not fit. Throws USAGE for a text that is no Dockerfile, and for a stage that it has not. */
export function placeIn(report: Report, dockerfile: Dockerfile): Report {
  const { from, steps } = planOf(dockerfile)
  const found = align(
    report.layers.map(({ createdBy }) => recordedOf(createdBy)),
    steps,
  )
  const { own, made } = ownLayers(report.layers, found)
  if (!isEnough(own, made, steps, found)) {
    const had = `it has the instructions of ${made} of ${countText(own, 'layer')} on top of the base`
    const message = `${showName(dockerfile.path)} does not seem to have built this image: ${had}`
    return { ...report, notices: [...report.notices, { code: 'dockerfile-differs', message }] }
  }
  const first = firstOf(found)
  const whole = needed(steps).every(step => found.includes(step))
  const layers = report.layers.map((layer, at) => {
    // In front of all that the Dockerfile made stands what its FROM brought, itself built FROM something perhaps.
    const isBase = layer.base === true || (at < first && (layer.base === null || whole))
    const line = found[at] ?? (isBase ? from : undefined)
    return line === undefined
      ? layer
      : { ...layer, dockerfile: { path: dockerfile.path, start: line.start, end: line.end } }
  })
  return { ...report, layers }
}

type Layers = Report['layers']

/** How many layers stand on those of FROM, and how many of them the Dockerfile has made. FROM's end where the first begins that
 *  it has made: an image that is built FROM another of one's own knows only where the first of them began. */
function ownLayers(layers: Layers, found: readonly (Step | undefined)[]): { own: number; made: number } {
  const first = firstOf(found)
  const own = layers.flatMap(({ base }, at) => (base !== true && at >= first ? [at] : []))
  return { own: own.length, made: own.filter(at => found[at] !== undefined).length }
}

function isEnough(own: number, made: number, steps: readonly Step[], found: readonly (Step | undefined)[]): boolean {
  if (made < own * enough) return false
  // What is found in the base alone, or by chance at the end of another image, leaves most of the Dockerfile over.
  const placed = new Set(found)
  const wanted = needed(steps)
  return (made > 0 || wanted.length === 0) && wanted.filter(step => placed.has(step)).length >= wanted.length * enough
}

/** Steps that make a layer in any case. */
function needed(steps: readonly Step[]): Step[] {
  return steps.filter(step => !step.optional)
}

/** The first layer that the Dockerfile has made; none is behind all of them. */
function firstOf(found: readonly (Step | undefined)[]): number {
  const first = found.findIndex(step => step !== undefined)
  return first === -1 ? found.length : first
}
