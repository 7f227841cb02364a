import { z } from 'zod'
import { kinds } from '../image/entries.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { bytes, position } from './schema-parts.ts'

/** One entry of one layer: a line of `--entries`. Σ content and Σ causes.bytes over all lines are the report's size.files; by
 *  cause, Σ causes.bytes are its causes. */
export const entrySchema = z.object({
  layer: position,
  path: z
    .string()
    .describe(
      'absolute; of a marker the path that it hides; bytes that are not UTF-8 are U+DC80 to U+DCFF, one a byte (PEP 383)',
    ),
  kind: z.enum(kinds).describe('whiteout and opaque are the markers that delete'),
  content: bytes.describe('of a file, or of the target of a symlink; 0 for all else, hard links too'),
  span: bytes.describe('what the tar spends on it: headers, stored content, padding'),
  mode: z.number().int().nonnegative().describe('permission bits: 420 is rw-r--r--'),
  uid: z.number().int(),
  gid: z.number().int(),
  mtime: z.number().describe('seconds since 1970'),
  target: z.string().nullable().describe('of a link: as written of a symlink, absolute of a hard link'),
  visible: z.boolean().describe('whether the final image shows it; false of markers'),
  hiddenBy: position.nullable().describe('the layer that hides it; null while the image shows it, and of markers'),
  replaced: z
    .boolean()
    .nullable()
    .describe('of a hidden one: whether that layer put something in its place, else it deleted it'),
  owner: z.string().nullable().describe('the package that it belongs to: pip:torch'),
  causes: z
    .array(z.object({ cause: z.string(), kind: z.enum(['waste', 'kept']), bytes }))
    .describe(
      'why its content is there; of a content with several names on the first that the image shows, else the first',
    ),
})

/** A line of `--entries`. */
export type EntryRow = z.infer<typeof entrySchema>

/** The JSON Schema (draft 2020-12) that each line of `--entries` keeps. */
export function entryJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('entry', entrySchema)
}
