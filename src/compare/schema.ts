import { z } from 'zod'
import { budget, bytes, finding, image, lines, notice, position, size, tool } from '../report/schema-parts.ts'
import { schemaVersion } from '../report/schema-version.ts'

const signed = z.number().int()
const side = z.object({ image, size })
const difference = signed.describe('after less before')

/** The comparison of two images. Sums: Σ causes.difference = Σ layers.difference = difference.files; Σ paths.difference = that
 *  less difference.hidden; Σ packages.difference + Σ unowned.difference = the same. Lists are sorted by the amount of their
 *  difference, layers as they stand. */
export const comparisonSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  tool,
  before: side,
  after: side,
  difference: z.object({
    files: difference,
    unpacked: difference,
    stored: difference.nullable().describe('null where one of them holds no blobs'),
    hidden: difference,
  }),
  pull: z
    .object({
      bytes,
      kind: z.enum(['stored', 'unpacked']).describe('which size it is in: unpacked where blobs are not known'),
      layers: z.number().int().nonnegative(),
      again: z
        .object({ bytes, layers: z.number().int().nonnegative() })
        .describe('layers that it has, but which stand on others now: Docker with a graph driver fetches them too'),
    })
    .describe('what a host that has before must fetch for after'),
  invalidated: z
    .object({
      layer: position.describe('the first layer of after that is another'),
      createdBy: z.string().nullable(),
      base: z.boolean().nullable(),
      layers: z
        .array(position)
        .describe(
          'behind it, built again from an instruction that did not change, nor what it copies, and that names nothing of it',
        ),
      bytes: bytes.describe('of those layers, of the same kind as pull'),
    })
    .nullable()
    .describe('what the first changed layer cost behind it; null where it cost nothing'),
  causes: z.array(
    z.object({ cause: z.string(), kind: z.enum(['waste', 'kept']), before: bytes, after: bytes, difference }),
  ),
  packages: z
    .array(
      z.object({
        manager: z.enum(['dpkg', 'rpm', 'apk', 'conda', 'pip']),
        name: z.string(),
        root: z.string().describe('of after, of before where it is gone'),
        before: z.string().nullable().describe('version; null where it is not installed'),
        after: z.string().nullable(),
        bytes: z.object({ before: bytes, after: bytes }).describe('live'),
        difference,
      }),
    )
    .describe('whose version or size is another'),
  unowned: z
    .array(z.object({ path: z.string(), before: bytes, after: bytes, difference }))
    .describe('live bytes that no package owns, where they are others'),
  folders: z
    .array(
      z.object({
        path: z.string(),
        before: bytes.nullable(),
        after: bytes.nullable(),
        difference: difference.nullable(),
      }),
    )
    .describe('of both reports; null where a side has it below its threshold, a thousandth of the image'),
  paths: z
    .array(
      z.object({
        path: z.string(),
        was: z.string().nullable().describe('its path before, where that has another version in it'),
        kind: z.enum(['folder', 'file', 'rest']).describe('rest: of a folder, what no other row tells'),
        change: z.enum(['new', 'gone', 'grown', 'shrunk']),
        before: bytes.nullable(),
        after: bytes.nullable(),
        difference,
        exact: z.boolean().describe('false where a stored report does not tell what a side has there'),
      }),
    )
    .describe('live bytes, rolled up to what explains the difference'),
  layers: z.array(
    z.object({
      change: z
        .enum(['kept', 'changed', 'moved', 'new', 'gone'])
        .describe('changed: the same instruction made another layer; moved: both have it, in another order'),
      diffId: z.string(),
      before: position.nullable(),
      after: position.nullable(),
      createdBy: z.string().nullable(),
      base: z.boolean().nullable(),
      size: size.describe('of after, of before where it is gone'),
      difference: difference.describe('of files; all of it where the layer is new or gone'),
      dockerfile: lines.nullable(),
    }),
  ),
  findings: z.object({
    new: z.array(finding).describe('of after, none that is kept or ignored whole'),
    settled: z.array(finding).describe('of before, none that is kept'),
  }),
  budgets: z.array(budget),
  notices: z.array(notice),
})

export type Comparison = z.infer<typeof comparisonSchema>
