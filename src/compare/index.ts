import type { View } from '../report/index.ts'
import type { Comparison } from './schema.ts'

/** The formats of a comparison. */
export const comparisonFormats: View<Comparison> = {
  table: async () => (await import('./table.ts')).default,
  json: async () => (await import('../report/json.ts')).jsonText,
  markdown: async () => (await import('./markdown.ts')).default,
  github: async () => (await import('./github.ts')).default,
  sarif: async () => (await import('./sarif.ts')).default,
  gitlab: async () => (await import('./gitlab.ts')).default,
  junit: async () => (await import('./junit.ts')).default,
}
