import { spawnSync } from 'node:child_process'

/**
 * Whether one of the tools is not there that a test compares with; it is skipped then, aloud. With
 * IMGAUDIT_REQUIRE_ENGINES=1 that is an error, so that nothing is skipped where all should be there.
 */
export function missing(...tools: string[]): boolean {
  const absent = tools.filter(tool => spawnSync(tool, ['--version']).error !== undefined)
  if (absent.length === 0) return false
  const message = `not installed, needed to compare with: ${absent.join(', ')}`
  if (process.env.IMGAUDIT_REQUIRE_ENGINES === '1') throw new Error(message)
  console.warn(`skipped: ${message}`)
  return true
}
