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
  const first = found.findIndex(step => step !== undefined)
  const layers = report.layers.map((layer, at) => {
    const isBase = layer.base === true || (layer.base === null && at < first)
    const line = found[at] ?? (isBase ? from : undefined)
    return line === undefined
      ? layer
      : { ...layer, dockerfile: { path: dockerfile.path, start: line.start, end: line.end } }
  })
  return { ...report, layers }
}

type Layers = Report['layers']

/** How many layers are not the base's, and how many of them the Dockerfile has made. Where nothing tells them from the base's,
 *  those in front of the first that it has made are. */
function ownLayers(layers: Layers, found: readonly (Step | undefined)[]): { own: number; made: number } {
  const first = found.findIndex(step => step !== undefined)
  const own = layers.flatMap(({ base }, at) => (base === false || (base === null && at >= first) ? [at] : []))
  return { own: own.length, made: own.filter(at => found[at] !== undefined).length }
}

function isEnough(own: number, made: number, steps: readonly Step[], found: readonly (Step | undefined)[]): boolean {
  if (made < own * enough) return false
  // What is found in the base alone, or by chance at the end of another image, leaves most of the Dockerfile over.
  const needed = steps.filter(step => !step.optional)
  const placed = new Set(found)
  return needed.filter(step => placed.has(step)).length >= needed.length * enough
}
