import { type Ignore, type Limits, overridden } from '../report/limits.ts'
import { matchesImage } from '../report/pattern.ts'
import type { ConfigurationDocument } from './schema.ts'

/** What `imgaudit.config.yaml` says, for one image: its patterns are resolved. */
export interface Configuration {
  readonly limits: Limits
  readonly ignore: readonly Ignore[]
  readonly gpu: readonly string[]
}

/** What a configuration says of an image: every entry that is for it replaces in order, key by key; its ignores are added. */
export function configurationFor({ images, ...all }: ConfigurationDocument, reference: string): Configuration {
  const meant = (images ?? []).filter(({ image }) => matchesImage(image, reference))
  return [all, ...meant].reduce<Configuration>(
    (said, { budgets, failOn, ignore, gpu }) => ({
      limits: overridden(said.limits, limitsOf({ budgets, failOn })),
      ignore: [...said.ignore, ...(ignore ?? [])],
      gpu: gpu ?? said.gpu,
    }),
    { limits: {}, ignore: [], gpu: [] },
  )
}

function limitsOf({ budgets, failOn }: Pick<ConfigurationDocument, 'budgets' | 'failOn'>): Limits {
  const { causes, ...others } = budgets ?? {}
  return { ...others, ...(causes && { causes }), ...(failOn && { failOn }) }
}
