import type { Location, LogicalLocation } from 'sarif'
import type { Judged } from '../format.ts'
import type { Problem } from '../problem.ts'
import { countText, sizeText } from '../size-text.ts'
import { oneLine } from '../table/line.ts'

/** Paths of a finding that are named; the rest is counted. */
const most = 10

/** Where a problem stands: lines of a file, since GitHub takes nothing else, and what it is about in the image. */
export function locationOf(judged: Judged, problem: Problem): Location {
  const { path, start, end } = problem.place
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path) },
      region: { startLine: start, endLine: end },
    },
    logicalLocations: [...layerOf(judged, problem), ...pathsOf(problem)],
  }
}

/** A relative URI of a relative path, `file:` of an absolute one. */
function uriOf(path: string): string {
  const encoded = oneLine(path).split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${encoded}` : encoded
}

function layerOf({ image, layers }: Judged, { layer }: Problem): LogicalLocation[] {
  if (layer === null) return [{ name: oneLine(image.reference), kind: 'image' }]
  const createdBy = layers.find(({ index }) => index === layer)?.createdBy ?? null
  const name = `layer ${layer}`
  const qualified = { name, fullyQualifiedName: `${oneLine(image.reference)}/${name}`, kind: 'layer' }
  return [createdBy === null ? qualified : { ...qualified, decoratedName: `${name}: ${oneLine(createdBy)}` }]
}

function pathsOf({ finding }: Problem): LogicalLocation[] {
  const paths = finding?.paths ?? []
  const rest = paths.slice(most)
  const bytes = rest.reduce((sum, path) => sum + path.bytes, 0)
  return [
    ...paths.slice(0, most).map(({ path, kind, layer, bytes }) => ({
      name: oneLine(path),
      kind,
      decoratedName: `${oneLine(path)}: ${sizeText(bytes)} in layer ${layer}`,
    })),
    ...(rest.length === 0
      ? []
      : [{ name: `${countText(rest.length, 'more path')}, ${sizeText(bytes)}`, kind: 'rest' }]),
  ]
}
