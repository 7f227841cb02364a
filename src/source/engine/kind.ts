import type { OpenOptions } from '../source.ts'
import type { Whereabouts } from './address.ts'
import type { EngineRoute } from './route.ts'

/** An engine by the name that people call it, and how to find it. */
export interface EngineKind {
  readonly scheme: 'docker' | 'podman'
  /** `Docker`, for sentences. */
  readonly title: string
  whereabouts(options: Pick<OpenOptions, 'env' | 'homedir'>): Whereabouts
  /** Ways to an image that are cheaper than the engine's export, the cheapest first. */
  readonly routes: readonly EngineRoute[]
  /** What starts it, for a fix. */
  readonly start: string
  /** What gives a user the right to its socket. */
  readonly allow: string
}
