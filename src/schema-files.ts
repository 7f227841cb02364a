import { writeFileSync } from 'node:fs'
import { schemas } from './schemas.ts'

// Run after tsc, out of build: writes the published schemas.
for (const [name, schema] of Object.entries(schemas())) {
  writeFileSync(new URL(`../dist/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
}
