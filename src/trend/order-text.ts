import type { Trend } from './schema.ts'

/** Why images stand as they do. */
export function orderText({ order }: Pick<Trend, 'order'>): string {
  return order === 'created' ? 'by when they were made' : 'in the order named: not each has a time of its own'
}
