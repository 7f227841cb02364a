import { z } from 'zod'
import { schemaVersion } from './schema-version.ts'

/** The JSON Schema (draft 2020-12) of a document that is written. Its objects are open: a field that is added later breaks no
 *  reader. */
export function jsonSchemaOf(name: string, schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return { $schema, $id: `urn:imgaudit:${name}:${schemaVersion}`, title: `imgaudit ${name}`, ...rest }
}
