import { leaveOut } from './amend.ts'
import { commandOf } from './dockerfile.ts'
import type { Fix } from './rule.ts'

const lists = 'rm -rf /var/lib/apt/lists/*'

/**
 * What to change in an instruction that runs apt: one action, whether it left lists, archives or both. An update alone in
 * its RUN cannot clean up after itself, for the install that follows needs the lists.
 */
export function aptCleanup(written: string | undefined, at: readonly string[]): Omit<Fix, 'layer' | 'before'> {
  return leaveOut(written, at) ?? { id: 'apt-clean', after: cleaned(commandOf(written)) }
}

function cleaned(command: string | undefined): string {
  if (command === undefined || command.includes('\n')) return `RUN … && apt-get clean && ${lists}`
  const updates = /\bapt(?:-get)?\b[^&|;]*\bupdate\b/.test(command)
  const installs = /\b(?:apt(?:-get)?\b[^&|;]*\b(?:install|upgrade|dist-upgrade|full-upgrade|build-dep)|dpkg)\b/.test(
    command,
  )
  if (updates && !installs) return `RUN ${command} && apt-get install -y … && apt-get clean && ${lists}`
  const steps = [command]
  if (!/\bapt(?:-get)?\s+(?:-\S+\s+)*clean\b/.test(command)) steps.push('apt-get clean')
  if (!command.includes('/var/lib/apt/lists')) steps.push(lists)
  return `RUN ${steps.join(' && ')}`
}
