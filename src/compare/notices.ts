import { isOfJudgement } from '../report/judge.ts'
import type { Report } from '../report/schema.ts'
import { countText, sizeText } from '../report/size-text.ts'
import { grouped } from '../rule/grouped.ts'
import type { Comparison } from './schema.ts'
import { sharedLayers } from './shared-layers.ts'

type Notice = Comparison['notices'][number]

/** What a reader of the comparison should know, the most important first: what makes the two hard to compare, what was judged
 *  of `after`, what was said of each. `after` is judged. */
export function noticesOf(before: Report, after: Report): Comparison['notices'] {
  const grows = after.budgets.some(({ budget }) => budget === 'growth')
  return [
    ...platforms(before, after),
    ...bases(before, after),
    ...sameImage(before, after),
    ...tools(before, after),
    ...gpus(before, after),
    ...after.notices.filter(({ code }) => ignores.test(code) || (grows && baseline.test(code))),
    // What an earlier judgement said of before was about that day.
    ...ofBoth(before.notices.filter(isReading), after.notices.filter(isReading)),
  ]
}

const ignores = /^ignore-/
/** What growth is measured against; that it is this very image, or for another platform, is told of every comparison. */
const baseline = /^baseline-(?!same$|platform$)/

function isReading(notice: Notice): boolean {
  return !isOfJudgement(notice)
}

function platforms({ image: { platform: was } }: Report, { image: { platform: is } }: Report): Notice[] {
  if (was === is) return []
  const message = `before is for ${was}, after for ${is}: that alone changes programs and libraries throughout; choose one for both with --platform`
  return [{ code: 'platform-differs', message }]
}

/** Where one says of more layers than the other that they came with FROM, and both have them, nothing differs. */
function bases(before: Report, after: Report): Notice[] {
  const [was, is] = [baseOf(before), baseOf(after)]
  const shared = sharedLayers(before.layers, after.layers)
  if (was.layers === 0 || is.layers === 0 || shared >= Math.max(was.layers, is.layers)) return []
  const said = shared === 0 ? 'none of them the same' : `the first ${shared === 1 ? '' : `${shared} `}the same`
  const message =
    `they stand on different base images: ${base(was)} before, ${base(is)} after, ${said}; ` +
    'for what your own instructions changed, build both on one base'
  return [{ code: 'base-differs', message }]
}

interface Base {
  readonly layers: number
  readonly bytes: number
}

function baseOf({ layers }: Report): Base {
  const own = layers.filter(layer => layer.base === true)
  return { layers: own.length, bytes: own.reduce((total, { size }) => total + size.files, 0) }
}

function base({ layers, bytes }: Base): string {
  return `${countText(layers, 'layer')} of ${sizeText(bytes)}`
}

function sameImage({ image: was }: Report, { image: is }: Report): Notice[] {
  if (was.id !== is.id) return []
  const message = `both are the image ${is.id}: if one should be a later build, check its name, or fetch it with --pull always`
  return [{ code: 'same-image', message }]
}

function tools({ tool: was }: Report, { tool: is }: Report): Notice[] {
  if (was.version === is.version) return []
  const message =
    `before was audited by ${was.name} ${was.version}, after by ${is.name} ${is.version}: causes and findings may ` +
    'differ because rules did; audit both with one version'
  return [{ code: 'tool-differs', message }]
}

/** What fits a row depends on the GPUs alone, so rows that both have tell whether those were the same. */
function gpus(before: Report, after: Report): Notice[] {
  const is = new Map(after.gpuCode.map(row => [`${row.kind} ${row.arch}`, row.gpus]))
  const differs = before.gpuCode.some(row => {
    const other = is.get(`${row.kind} ${row.arch}`)
    return other !== undefined && row.gpus?.toSorted().join() !== other?.toSorted().join()
  })
  const isNamed = ({ gpuCode }: Report) => gpuCode.map(row => row.gpus !== null)
  const oneSided = new Set([...isNamed(before), ...isNamed(after)]).size > 1
  if (!differs && !oneSided) return []
  const message =
    `before was audited for ${named(before)}, after for ${named(after)}: what unused-gpu-code claims differs for that; ` +
    'name the same for both with --gpu'
  return [{ code: 'gpu-differs', message }]
}

function named({ gpuCode }: Report): string {
  if (gpuCode.some(row => row.gpus === null)) return 'no GPU by name'
  const names = [...new Set(gpuCode.flatMap(row => row.gpus ?? []))]
  return names.length === 0 ? 'GPUs that none of its code fits' : names.join(', ')
}

/** Notices of each, once; those of both named so. */
function ofBoth(before: readonly Notice[], after: readonly Notice[]): Notice[] {
  const sides = [
    ...after.map(notice => ({ notice, side: 'after' })),
    ...before.map(notice => ({ notice, side: 'before' })),
  ]
  return [...grouped(sides, ({ notice }) => `${notice.code} ${notice.message}`).values()].flatMap(said => {
    const [first] = said
    if (first === undefined) return []
    const both = said.some(({ side }) => side !== first.side)
    const { code, message } = first.notice
    return [{ code, message: `${both ? 'both' : first.side}: ${message}` }]
  })
}
