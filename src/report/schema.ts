import { z } from 'zod'

/** Raised when a field changes or goes; adding one keeps it. */
export const schemaVersion = 1

const bytes = z.number().int().nonnegative().describe('bytes')
const stored = z
  .number()
  .int()
  .nonnegative()
  .nullable()
  .describe('what those bytes cost in the blobs, a block more or less; null where it is not known')
const position = z.number().int().nonnegative().describe('position of a layer, 0 is the base')

const size = z
  .object({
    files: bytes.describe(
      'Σ content of files and symlink targets; what the Docker engine calls Size with a graph driver',
    ),
    unpacked: bytes.describe('uncompressed tar: headers, padding and end included'),
    stored: bytes.nullable().describe('blobs as kept or pulled, each once; null where the source holds none'),
    hidden: bytes.describe('those of files that the final image does not show'),
  })
  .strict()

const path = z
  .object({
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
  .strict()

const finding = z
  .object({
    rule: z.string(),
    title: z.string(),
    guide: z.object({ section: z.number().int(), title: z.string() }).strict().nullable(),
    verdict: z.enum(['safe', 'check', 'keep']),
    because: z.array(z.string()),
    message: z.string(),
    fix: z
      .object({
        id: z.string().describe('findings with the same id and layer are one action'),
        layer: position.nullable().describe('the layer whose instruction must change'),
        before: z.string().nullable(),
        after: z.string().nullable(),
      })
      .strict(),
    bytes: bytes.describe('what this fix, applied alone, keeps out of the image'),
    saves: bytes.describe('the part of it that no earlier finding claims'),
    stored: z
      .object({ bytes, saves: bytes })
      .strict()
      .nullable()
      .describe('the same two as a pull has them, compressed, a block more or less; null where it is not known'),
    count: z.number().int().nonnegative(),
    layers: z.array(position),
    paths: z.array(path),
  })
  .strict()

const notice = z.object({ code: z.string(), message: z.string() }).strict()

/** The report of one image. Sums: Σ causes.bytes = size.files; Σ saves over a rule's findings = that cause's bytes; Σ blobs =
 *  size.stored; Σ packages.bytes + Σ unowned.bytes = size.files - size.hidden. */
export const reportSchema = z
  .object({
    schemaVersion: z.literal(schemaVersion),
    tool: z.object({ name: z.literal('imgaudit'), version: z.string() }).strict(),
    image: z
      .object({
        reference: z.string(),
        id: z.string().describe('digest of the configuration'),
        digest: z.string().nullable().describe('digest of the manifest'),
        platform: z.string(),
        created: z.string().nullable(),
        source: z.string(),
      })
      .strict(),
    size,
    layers: z.array(
      z
        .object({
          index: position,
          diffId: z.string(),
          createdBy: z.string().nullable(),
          base: z.boolean().nullable(),
          entries: z.number().int().nonnegative(),
          route: z.enum(['stream', 'seek', 'layer-store', 'blob', 'cache']),
          verified: z.boolean(),
          size,
        })
        .strict(),
    ),
    findings: z.array(finding),
    causes: z.array(z.object({ cause: z.string(), kind: z.enum(['waste', 'kept']), bytes, stored }).strict()),
    packages: z.array(
      z
        .object({
          manager: z.enum(['dpkg', 'rpm', 'apk', 'conda', 'pip']),
          name: z.string(),
          version: z.string(),
          root: z.string(),
          bytes: bytes.describe('live bytes, claimed or not; 0 of a package that the final image has not'),
          layer: position.describe('the layer that brought this version'),
          hidden: bytes.describe(
            'what layers hold of it, in this or another version, that is deleted or replaced later',
          ),
          history: z
            .array(
              z
                .object({
                  layer: position,
                  version: z.string().nullable().describe('null where the layer removed it'),
                })
                .strict(),
            )
            .describe(
              'by layers that installed, changed or removed it, first to last; the last is null where it is gone',
            ),
        })
        .strict(),
    ),
    unowned: z
      .array(z.object({ path: z.string(), bytes, count: z.number().int().nonnegative().describe('contents') }).strict())
      .describe('live bytes that no package owns, by folder two levels deep'),
    folders: z.array(z.object({ path: z.string(), bytes, count: z.number().int().nonnegative() }).strict()),
    gpuCode: z
      .array(
        z
          .object({
            arch: z.string().describe('sm_90a, compute_120, gfx90a:xnack-; empty for overhead'),
            kind: z.enum(['machine', 'ptx', 'lto', 'other', 'overhead']).describe('overhead: headers and padding'),
            bytes: bytes.describe('as stored, in live contents, each once'),
            unpacked: bytes.describe('what it unfolds to when it is loaded'),
            count: z.number().int().nonnegative().describe('files that have some of it'),
            gpus: z.array(z.string()).nullable().describe('the named GPUs that it fits; null where none is named'),
            unused: bytes.nullable().describe('what none of the named GPUs can load, claimed or not'),
          })
          .strict(),
      )
      .describe('GPU code by what it is for'),
    savings: z
      .object({
        safe: bytes,
        check: bytes,
        after: bytes.describe('size.files less safe'),
        stored: z
          .object({ safe: bytes, check: bytes })
          .strict()
          .nullable()
          .describe('of size.stored, a block more or less; null where it is not known for all of it'),
      })
      .strict(),
    blobs: z
      .object({
        contents: bytes.describe('Σ causes.stored'),
        empty: bytes.describe('folders, hard links, empty files and whiteouts'),
        rest: bytes.describe('the ends of tars, and what follows them'),
      })
      .strict()
      .nullable()
      .describe('size.stored, taken apart; null where it is not known for every layer'),
    budgets: z.array(z.object({ budget: z.string(), limit: z.number(), value: z.number(), ok: z.boolean() }).strict()),
    notices: z.array(notice),
  })
  .strict()

export type Report = z.infer<typeof reportSchema>
