import { z } from 'zod'
import { budget, bytes, image, notice, size, tool } from '../report/schema-parts.ts'
import { schemaVersion } from '../report/schema-version.ts'

const signed = z.number().int()

/** Size by cause over several images, first to last. Each list of bytes has one number for each image; Σ causes' bytes of an
 *  image = its size.files. */
export const trendSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  tool,
  order: z
    .enum(['created', 'given'])
    .describe('by when the images were made, where all say so and none twice; else as named'),
  images: z.array(z.object({ image, size, waste: bytes })),
  causes: z
    .array(
      z.object({
        cause: z.string(),
        kind: z.enum(['waste', 'kept']),
        bytes: z.array(bytes),
        difference: signed.describe('last less first'),
      }),
    )
    .describe('by what they are in the last image, largest first'),
  budgets: z.array(budget).describe('of the last image; growth against the one before it'),
  notices: z.array(notice),
})

export type Trend = z.infer<typeof trendSchema>
