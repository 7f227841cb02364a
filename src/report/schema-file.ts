import { writeFileSync } from 'node:fs'
import { jsonSchema } from './json-schema.ts'

// Run after tsc: writes the published schema to dist/report.schema.json.
writeFileSync(new URL('../report.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
