import type { Whereabouts } from './engine-address.ts'
import type { OpenOptions } from './source.ts'

/** An engine by the name that people call it, and how to find it. */
export interface EngineKind {
  readonly scheme: 'docker' | 'podman'
  /** `Docker`, for sentences. */
  readonly title: string
  whereabouts(options: Pick<OpenOptions, 'env' | 'homedir'>): Whereabouts
  /** What starts it, for a fix. */
  readonly start: string
  /** What gives a user the right to its socket. */
  readonly allow: string
}
