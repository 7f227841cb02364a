import { z } from 'zod'

/** What reports, comparisons and trends have in common. Fields that a reader does not know are passed over: adding one keeps
 *  schemaVersion. */

export const bytes = z.number().int().nonnegative().describe('bytes')
export const stored = z
  .number()
  .int()
  .nonnegative()
  .nullable()
  .describe('what those bytes cost in the blobs, a block more or less; null where it is not known')
export const position = z.number().int().nonnegative().describe('position of a layer, 0 is the base')

export const size = z.object({
  files: bytes.describe(
    'Σ content of files and symlink targets; what the Docker engine calls Size with a graph driver',
  ),
  unpacked: bytes.describe('uncompressed tar: headers, padding and end included'),
  stored: bytes.nullable().describe('blobs as kept or pulled, each once; null where the source holds none'),
  hidden: bytes.describe('those of files that the final image does not show'),
})

const path = z.object({
  path: z.string(),
  kind: z
    .enum(['folder', 'file'])
    .describe('folder: everything under it in that layer, with that hiddenBy, is claimed'),
  layer: position,
  hiddenBy: position.nullable().describe('the layer that hides it; null while the image shows it'),
  bytes,
  stored,
  count: z.number().int().nonnegative().describe('files, symlinks and hard links'),
})

export const finding = z.object({
  rule: z.string(),
  title: z.string(),
  guide: z.object({ section: z.number().int(), title: z.string() }).nullable(),
  verdict: z.enum(['safe', 'check', 'keep']),
  because: z.array(z.string()),
  message: z.string(),
  fix: z.object({
    id: z.string().describe('findings with the same id and layer are one action'),
    layer: position.nullable().describe('the layer whose instruction must change'),
    before: z.string().nullable(),
    after: z.string().nullable(),
  }),
  bytes: bytes.describe('what this fix, applied alone, keeps out of the image'),
  saves: bytes.describe('the part of it that no earlier finding claims'),
  stored: z
    .object({ bytes, saves: bytes })
    .nullable()
    .describe('the same two as a pull has them, compressed, a block more or less; null where it is not known'),
  count: z.number().int().nonnegative(),
  layers: z.array(position),
  paths: z.array(path),
  ignored: z
    .object({
      saves: bytes.describe('the part of saves that ignores cover'),
      whole: z.boolean().describe('every path of it is covered'),
      reasons: z.array(z.string()),
    })
    .nullable()
    .describe('what ignores of the configuration take from it; null where none does'),
})

export const notice = z.object({ code: z.string(), message: z.string() })

export const tool = z.object({ name: z.literal('imgaudit'), version: z.string() })

export const image = z.object({
  reference: z.string(),
  id: z.string().describe('digest of the configuration'),
  digest: z.string().nullable().describe('digest of the manifest'),
  platform: z.string(),
  created: z.string().nullable(),
  source: z.string(),
})

/** Lines of a Dockerfile, from 1. */
export const lines = z.object({
  path: z.string().describe('of the Dockerfile, as it was named'),
  start: z.number().int().positive(),
  end: z.number().int().positive(),
})

export const budget = z.object({
  budget: z.string().describe('size, waste, layer, growth, causes.<cause>, failOn.<rule>'),
  limit: z.number().int(),
  value: z.number().int().describe('growth can be negative'),
  unit: z.enum(['bytes', 'findings']),
  share: z.number().nullable().describe('0.1 where 10 % was asked for; limit is what that comes to'),
  layers: z.array(position).describe('of the layer budget: those over it, else the largest'),
  ok: z.boolean(),
})
