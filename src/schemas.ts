import { comparisonSchema } from './compare/schema.ts'
import { configurationJsonSchema } from './config/schema.ts'
import { entryJsonSchema } from './report/entry-schema.ts'
import { jsonSchemaOf } from './report/json-schema.ts'
import { reportSchema } from './report/schema.ts'
import { trendSchema } from './trend/schema.ts'

/** The JSON Schemas that the package has, by file: of all that is written in JSON, and of the configuration. */
export function schemas(): Readonly<Record<string, Record<string, unknown>>> {
  return {
    'report.schema.json': jsonSchemaOf('report', reportSchema),
    'comparison.schema.json': jsonSchemaOf('comparison', comparisonSchema),
    'trend.schema.json': jsonSchemaOf('trend', trendSchema),
    'entry.schema.json': entryJsonSchema(),
    'config.schema.json': configurationJsonSchema(),
  }
}
