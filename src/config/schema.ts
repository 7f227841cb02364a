import { z } from 'zod'
import { ImgauditError } from '../error.ts'
import { gpuTargets } from '../evidence/gpu-target.ts'
import { parseLimit, parseSize } from '../report/size-text.ts'
import { rules } from '../rule/index.ts'
import { causeFault } from './cause-name.ts'

/** Messages say what was expected: `budgets.size: expected a size like 3GB, got '3 apples'`. */
const expected = {
  size: 'a size like 3GB',
  limit: 'a size like 500MB, or a share like 10%',
  rule: 'the name of a rule, as imgaudit rules lists them',
  path: 'a pattern of paths like /opt/models or **/*.whl',
  image: 'a pattern of images like app:* or registry.example.com/team/**',
  reason: 'a reason, in words',
  until: 'a day like 2026-12-31',
  gpu: 'the name of a GPU like H100, in quotes where it is a number',
  list: 'a list',
  keys: 'keys and values',
} as const

const written = z.union([z.string(), z.number()])

const size = z
  .union(written.options, { error: expected.size })
  .transform((value, context) => {
    const bytes = parseSize(String(value))
    if (bytes !== undefined) return { bytes }
    context.issues.push({ code: 'custom', message: expected.size, input: value })
    return z.NEVER
  })
  .describe('3GB (1000s), 500MiB (1024s); a bare number is bytes')

const limit = z
  .union(written.options, { error: expected.limit })
  .transform((value, context) => {
    const limit = parseLimit(String(value))
    if (limit !== undefined) return limit
    context.issues.push({ code: 'custom', message: expected.limit, input: value })
    return z.NEVER
  })
  .describe('500MB, or a share like 10%; a bare number is bytes')

const causes = z.record(z.string(), limit, { error: expected.keys }).superRefine((causes, context) => {
  for (const cause of Object.keys(causes)) blame(context, causeFault(cause), [cause])
})

const budgets = strict({
  size: size.exactOptional().describe('of all files; what the Docker engine calls Size with a graph driver'),
  waste: limit.exactOptional().describe('of all that is waste and not ignored; a share is of the image'),
  layer: limit.exactOptional().describe('of the largest layer'),
  growth: limit.exactOptional().describe('against what --against names; a share is of that image'),
  causes: causes.nullish().describe('by cause: pip-cache, pip:torch, /opt/app'),
}).describe('what an image may weigh')

const rule = z.enum(
  rules.map(({ id }) => id),
  { error: expected.rule },
)

const ignore = strict({
  rule: rule.describe('the rule whose findings are wanted'),
  path: z
    .string({ error: expected.path })
    // Paths begin at the root: other patterns match none, and one that begins with ! all but a few.
    .regex(/^(?:\/|\*\*|\{)/, { error: expected.path })
    .exactOptional()
    .describe('of what is found, with all below it; everything where it is left out'),
  image: pattern().exactOptional().describe('in these images only'),
  reason: z.string({ error: expected.reason }).regex(/\S/, { error: expected.reason }).describe('why that is wanted'),
  until: z.iso.date({ error: expected.until }).exactOptional().describe('the last day on which it holds'),
}).describe('findings that somebody has judged and wants')

const gpu = z.string({ error: expected.gpu }).superRefine((name, context) => {
  try {
    gpuTargets([name])
  } catch (error) {
    if (!(error instanceof ImgauditError)) throw error
    blame(context, error)
  }
})

const held = {
  budgets: budgets.nullish(),
  failOn: list(rule).describe('rules that may find nothing'),
  ignore: list(ignore),
  gpu: list(gpu).describe('what the image runs on: H100, sm_90'),
}

const entry = strict({ image: pattern().describe('the images that it is for'), ...held }).describe(
  'for some images: replaces what stands above key by key, and adds to ignore',
)

/** What `imgaudit.config.yaml` may say. An empty key says nothing. */
export const configurationSchema = strict({
  $schema: z.string().exactOptional(),
  ...held,
  images: list(entry),
})

export type ConfigurationDocument = z.output<typeof configurationSchema>

/** The JSON Schema (draft 2020-12) of what a person writes. */
export function configurationJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(configurationSchema, { target: 'draft-2020-12', io: 'input' })
  return { $schema, $id: 'urn:imgaudit:config:1', title: 'imgaudit configuration', ...rest }
}

/** Keys by the key that they stand below: '' for the whole. */
export const keysBelow: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configurationSchema.shape),
  budgets: Object.keys(budgets.shape),
  ignore: Object.keys(ignore.shape),
  images: Object.keys(entry.shape),
}

function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : expected.keys) })
}

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: expected.list }).nullish()
}

function pattern() {
  return z.string({ error: expected.image }).regex(/^[^!]/, { error: expected.image })
}

/** Passes a sentence and its fix on. */
function blame(context: z.core.$RefinementCtx, fault: ImgauditError | undefined, path: readonly string[] = []): void {
  if (fault === undefined) return
  const { message, fix } = fault
  context.addIssue({ code: 'custom', message, path: [...path], params: { fix } })
}
