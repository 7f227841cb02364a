import { z } from 'zod'
import { reportSchema, schemaVersion } from './schema.ts'

/** The JSON Schema (draft 2020-12) that `--format json` keeps. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(reportSchema, { target: 'draft-2020-12' })
  return { $schema, $id: `urn:imgaudit:report:${schemaVersion}`, title: 'imgaudit report', ...rest }
}
