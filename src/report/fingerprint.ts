import { sha256 } from '../bytes/digest.ts'
import type { Judged } from './format.ts'
import { dockerfileOf, imagePath } from './place.ts'

type Finding = Judged['findings'][number]

/**
 * What tells problems apart from run to run, in their order, each another: 64 hexadecimal digits. Of a finding by its rule, what
 * is to change and the instruction that it stands in, so that it lasts over tags, versions, layers that are put in front, and
 * sizes; of a budget by its image, since two images of one Dockerfile have two.
 */
export function fingerprints(judged: Judged, problems: readonly (Finding | Judged['budgets'][number])[]): string[] {
  const image = imagePath(judged.image)
  const file = dockerfileOf(judged) ?? image
  const seen = new Map<string, number>()
  return problems.map(problem => {
    const parts =
      'rule' in problem
        ? [file, problem.rule, problem.fix.id, withoutNumbers(standing(judged, problem))]
        : [file, image, 'budget', problem.budget]
    const key = JSON.stringify(parts)
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return sha256(before === 0 ? key : `${key}${before}`).slice('sha256:'.length)
  })
}

/** The instruction, else the largest path, else what is said of it: findings about settings have neither. */
function standing({ layers }: Judged, { fix, paths, message }: Finding): string {
  const createdBy = layers.find(({ index }) => index === fix.layer)?.createdBy ?? null
  return createdBy ?? paths[0]?.path ?? message
}

/** Versions, and the times of day that base images record in their instructions: the next build has others. */
function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, '#')
}
