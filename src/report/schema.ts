import { z } from 'zod'

/** Raised when a field changes or goes; adding one keeps it. */
export const schemaVersion = 1

const bytes = z.number().int().nonnegative().describe('bytes')
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
    count: z.number().int().nonnegative(),
    layers: z.array(position),
    paths: z.array(path),
  })
  .strict()

const notice = z.object({ code: z.string(), message: z.string() }).strict()

/** The report of one image. Sums: Σ causes.bytes = size.files; Σ saves over a rule's findings = that cause's bytes. */
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
    causes: z.array(z.object({ cause: z.string(), kind: z.enum(['waste', 'kept']), bytes }).strict()),
    packages: z.array(
      z
        .object({
          manager: z.enum(['dpkg', 'rpm', 'apk', 'conda', 'pip']),
          name: z.string(),
          version: z.string(),
          root: z.string(),
          bytes: bytes.describe('live bytes, claimed or not'),
          layer: position,
        })
        .strict(),
    ),
    folders: z.array(z.object({ path: z.string(), bytes, count: z.number().int().nonnegative() }).strict()),
    savings: z.object({ safe: bytes, check: bytes, after: bytes.describe('size.files less safe') }).strict(),
    budgets: z.array(z.object({ budget: z.string(), limit: z.number(), value: z.number(), ok: z.boolean() }).strict()),
    notices: z.array(notice),
  })
  .strict()

export type Report = z.infer<typeof reportSchema>
