import type { EntryId } from '../../image/filesystem.ts'
import type { Evidence } from '../evidence.ts'
import { findProgram } from './program.ts'
import type { Root } from './root.ts'
import type { Steps } from './steps.ts'

/**
 * Programs that the configuration of the image names: ENTRYPOINT and CMD, the words of shell forms too. What a script goes
 * on to start is not known, nor which interpreter its first line names: then shells and Python count as started.
 */
export function startOf(evidence: Evidence, root: Root, steps: Steps): ReadonlySet<EntryId> {
  const { entrypoint, command } = evidence.image.config
  const words = [...entrypoint, ...command].flatMap(word => word.split(/[\s;&|()"'`]+/)).filter(word => word !== '')
  const found = new Set<EntryId>()
  let scripts = false
  for (const word of words) {
    const file = findProgram(evidence, root, word, steps)
    if (file === undefined) continue
    if (root.filesystem.binary(file)?.elf === undefined) scripts = true
    else found.add(file)
  }
  for (const name of scripts ? interpreters : []) {
    const file = findProgram(evidence, root, name, steps)
    if (file !== undefined) found.add(file)
  }
  return found
}

const interpreters = ['sh', 'bash', 'python3', 'python']
