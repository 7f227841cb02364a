import type { View } from '../report/index.ts'
import type { Trend } from './schema.ts'

/** The formats of a trend. */
export const trendFormats: View<Trend> = {
  table: async () => (await import('./table.ts')).default,
  json: async () => (await import('../report/json.ts')).jsonText,
  markdown: async () => (await import('./markdown.ts')).default,
}
