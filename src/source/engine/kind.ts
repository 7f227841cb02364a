import type { Image } from '../../image/image.ts'
import type { Platform } from '../../image/platform.ts'
import type { OpenOptions } from '../source.ts'
import type { Whereabouts } from './address.ts'
import type { EngineClient } from './client.ts'
import type { Inspection } from './inspect.ts'

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

/** An image that an engine has. */
export interface EngineImage {
  readonly kind: EngineKind
  readonly client: EngineClient
  readonly name: string
  readonly found: Inspection
  /** The one that is wanted of it. */
  readonly platform: Platform
}

/** A way to open an image that is cheaper than its export. Answers with undefined where it is not for this image; throws
 *  ImgauditError where it should have been: the next one is tried then, and the report says why. */
export type EngineRoute = (image: EngineImage, options: OpenOptions) => Promise<Image | undefined>
