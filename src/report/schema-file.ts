import { writeFileSync } from 'node:fs'
import { jsonSchema } from './json-schema.ts'

// Run after tsc, out of build/report: writes the published schema.
writeFileSync(new URL('../../dist/report.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
