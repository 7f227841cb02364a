import type { Image } from '../../image/image.ts'
import type { Platform } from '../../image/platform.ts'
import type { OpenOptions } from '../source.ts'
import type { EngineClient } from './client.ts'
import type { Inspection } from './inspect.ts'
import type { EngineKind } from './kind.ts'

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
