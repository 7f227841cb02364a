import { commandOf, copyOf } from './dockerfile.ts'
import type { Fix } from './rule.ts'

type Amendment = Omit<Fix, 'layer' | 'before'>

/** A RUN that ends with one more command; what to do instead where the instruction is none or is not known. */
export function endWith(written: string | undefined, command: string): string {
  const own = commandOf(written)
  if (own !== undefined && !own.includes('\n')) return `RUN ${own} && ${command}`
  return `${command}, at the end of the RUN that writes it`
}

/** A RUN with a folder that outlives the build but is not in the image. */
export function withCacheMount(written: string | undefined, folder: string): string {
  return `RUN --mount=type=cache,target=${folder} ${commandOf(written) ?? '…'}`
}

/** For an instruction that copies: what it should not bring. One action for all that one COPY brings too much of. */
export function leaveOut(written: string | undefined, paths: readonly string[]): Amendment | undefined {
  const copy = copyOf(written)
  if (copy === undefined) return undefined
  const them = paths.length === 1 ? 'it' : 'them'
  // ADD unpacks archives, and no .dockerignore reaches into one.
  if (copy.word === 'ADD') {
    return { id: 'dockerignore', after: `leave ${paths.join(', ')} out of what ADD adds or unpacks` }
  }
  return {
    id: 'dockerignore',
    after: `name ${paths.join(', ')} in .dockerignore, or leave ${them} out by ${copy.word} --exclude`,
  }
}

/** Whether an instruction copies into the image: from the context or from another stage, which builders do not record. */
export function copies(written: string | undefined): boolean {
  return /^(?:COPY|ADD)\b/.test(written ?? '')
}
