import { z } from 'zod'
import { budget, bytes, finding, image, lines, notice, position, size, stored, tool } from './schema-parts.ts'
import { schemaVersion } from './schema-version.ts'

/** The report of one image. Sums: Σ causes.bytes = size.files; Σ saves over a rule's findings = that cause's bytes; Σ blobs =
 *  size.stored; Σ packages.bytes + Σ unowned.bytes = size.files - size.hidden. */
export const reportSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  tool,
  image,
  size,
  layers: z.array(
    z.object({
      index: position,
      diffId: z.string(),
      createdBy: z.string().nullable(),
      base: z.boolean().nullable(),
      entries: z.number().int().nonnegative(),
      route: z.enum(['stream', 'seek', 'layer-store', 'blob', 'cache']),
      verified: z.boolean(),
      size,
      dockerfile: lines.nullable().describe('where the instruction stands in --dockerfile; null where it is not known'),
    }),
  ),
  findings: z.array(finding),
  causes: z.array(z.object({ cause: z.string(), kind: z.enum(['waste', 'kept']), bytes, stored })),
  packages: z.array(
    z.object({
      manager: z.enum(['dpkg', 'rpm', 'apk', 'conda', 'pip']),
      name: z.string(),
      version: z.string(),
      root: z.string(),
      bytes: bytes.describe('live bytes, claimed or not; 0 of a package that the final image has not'),
      layer: position.describe('the layer that brought this version'),
      hidden: bytes.describe('what layers hold of it, in this or another version, that is deleted or replaced later'),
      history: z
        .array(
          z.object({
            layer: position,
            version: z.string().nullable().describe('null where the layer removed it'),
          }),
        )
        .describe('by layers that installed, changed or removed it, first to last; the last is null where it is gone'),
    }),
  ),
  unowned: z
    .array(z.object({ path: z.string(), bytes, count: z.number().int().nonnegative().describe('contents') }))
    .describe('live bytes that no package owns, by folder two levels deep'),
  folders: z.array(z.object({ path: z.string(), bytes, count: z.number().int().nonnegative() })),
  files: z
    .array(z.object({ path: z.string(), bytes }))
    .describe('live contents of at least 1/1000 of the image, by their first visible name'),
  gpuCode: z
    .array(
      z.object({
        arch: z.string().describe('sm_90a, compute_120, gfx90a:xnack-; empty for overhead'),
        kind: z.enum(['machine', 'ptx', 'lto', 'other', 'overhead']).describe('overhead: headers and padding'),
        bytes: bytes.describe('as stored, in live contents, each once'),
        unpacked: bytes.describe('what it unfolds to when it is loaded'),
        count: z.number().int().nonnegative().describe('files that have some of it'),
        gpus: z.array(z.string()).nullable().describe('the named GPUs that it fits; null where none is named'),
        unused: bytes.nullable().describe('what none of the named GPUs can load, claimed or not'),
      }),
    )
    .describe('GPU code by what it is for'),
  savings: z.object({
    safe: bytes,
    check: bytes,
    after: bytes.describe('size.files less safe'),
    stored: z
      .object({ safe: bytes, check: bytes })
      .nullable()
      .describe('of size.stored, a block more or less; null where it is not known for all of it'),
  }),
  blobs: z
    .object({
      contents: bytes.describe('Σ causes.stored'),
      empty: bytes.describe('folders, hard links, empty files and whiteouts'),
      rest: bytes.describe('the ends of tars, and what follows them'),
    })
    .nullable()
    .describe('size.stored, taken apart; null where it is not known for every layer'),
  against: z
    .object({ image, size })
    .nullable()
    .describe('what growth was measured against; null where nothing was named'),
  budgets: z.array(budget),
  notices: z.array(notice),
})

export type Report = z.infer<typeof reportSchema>
