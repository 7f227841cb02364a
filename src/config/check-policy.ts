import { ImgauditError } from '../error.ts'
import type { Ignore, Limit, Limits, Policy } from '../report/limits.ts'
import { rules } from '../rule/index.ts'
import { unknownRule } from '../rule/unknown-rule.ts'
import { causeFault } from './cause-name.ts'

/** Refuses what an image would be within whatever it weighs: names that no report can have (RULE_UNKNOWN), and what is no limit,
 *  or no day (USAGE). */
export function checkPolicy({ limits = {}, ignore = [] }: Partial<Policy>): void {
  const { failOn = [], causes = {}, ...others } = limits
  for (const name of Object.keys(causes)) {
    const fault = causeFault(name)
    if (fault !== undefined) throw fault
  }
  const named = [...failOn, ...ignore.map(({ rule }) => rule)]
  const unknown = named.find(name => !rules.some(({ id }) => id === name))
  if (unknown !== undefined) throw unknownRule(unknown)
  for (const [name, limit] of Object.entries(others)) checkLimit(name, limit, known.has(name))
  for (const [name, limit] of Object.entries(causes)) checkLimit(`causes.${name}`, limit)
  for (const each of ignore) checkDay(each)
}

const known: ReadonlySet<string> = new Set<keyof Limits>(['size', 'waste', 'layer', 'growth'])

function checkLimit(name: string, limit: Limit | undefined, isKnown = true): void {
  if (limit === undefined) return
  const most = typeof limit !== 'object' ? undefined : 'bytes' in limit ? limit.bytes : limit.share
  if (isKnown && Number.isFinite(most) && Number(most) >= 0) return
  const message = isKnown ? `limits.${name} is no limit` : `there is no limit ${name}`
  throw new ImgauditError('USAGE', message, 'write it like { size: { bytes: 3e9 }, waste: { share: 0.1 } }')
}

function checkDay({ rule, until }: Ignore): void {
  const time = Date.parse(until ?? '')
  // A 31st of February is parsed as a day of March.
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === until
  if (until === undefined || isDay) return
  throw new ImgauditError('USAGE', `the ignore of ${rule} has no day, but '${until}'`, 'write it like 2026-12-31')
}
