import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject, list, part, text, texts } from '../../image/document.ts'
import type { Platform } from '../../image/platform.ts'
import type { PlatformChoice } from '../plan/choose-platform.ts'
import { type EngineClient, EngineRefusal } from './client.ts'

/** One platform of an image that an engine knows. */
export interface EnginePlatform extends PlatformChoice {
  /** Of its manifest, where the engine says so. */
  readonly digest?: string
  /** It is there to be run, whether or not each blob is. */
  readonly unpacked: boolean
}

/** What an engine says of an image that it has. */
export interface Inspection {
  /** The engine's name for exactly this image. */
  readonly id: string
  /** One with a graph driver; containerd's store can hold several. */
  readonly platforms: readonly EnginePlatform[]
  /** The one that the rest of this is about. */
  readonly platform: Platform
  /** Of that platform's image, base first; empty where the engine does not say. */
  readonly diffIds: readonly string[]
  /** Digests that registries know it by, as `name@sha256:…`. */
  readonly repositoryDigests: readonly string[]
  /** What the engine calls Size, in bytes: right with a graph driver, blobs and snapshots with containerd's store. */
  readonly size: number
  /** Whether containerd keeps it, as blobs. */
  readonly containerd: boolean
  /** The graph driver that keeps it, by name, and its folders of unpacked layers on the engine's machine, base first;
   *  undefined where the engine does not say. */
  readonly driver?: string
  readonly folders?: readonly string[]
  /** Paths that it declares as volumes, as it spells them. */
  readonly volumes: readonly string[]
}

/** undefined where the engine does not have it. Throws ENGINE_FAILED where it says something else. */
export async function inspect(client: EngineClient, name: string): Promise<Inspection | undefined> {
  // From API 1.48 on it lists the platforms, where the store has any such list.
  const options: Readonly<Record<string, string>> = client.atLeast('1.48') ? { manifests: '1' } : {}
  try {
    return described(await client.json(`/images/${name}/json`, options))
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error
    if (error.status === 404) return undefined
    throw new ImgauditError(
      'ENGINE_FAILED',
      `the engine at ${client.address.text} does not describe ${name}: ${error.message}`,
      'see whether it works: docker image inspect, or podman image inspect',
      { cause: error },
    )
  }
}

function described(answer: JsonObject): Inspection {
  const size = answer.Size
  const manifests = list(answer, 'Manifests').filter(isObject).flatMap(choiceOf)
  const platform = platformOf(answer, '')
  return {
    id: text(answer, 'Id') ?? '',
    platforms: manifests.length > 0 ? manifests : [{ platform, complete: true, unpacked: true }],
    platform,
    diffIds: texts(part(answer, 'RootFS'), 'Layers'),
    repositoryDigests: texts(answer, 'RepoDigests'),
    size: typeof size === 'number' ? size : 0,
    containerd: part(answer, 'Descriptor') !== undefined,
    ...graphDriverOf(part(answer, 'GraphDriver')),
    volumes: Object.keys(part(part(answer, 'Config'), 'Volumes') ?? {}),
  }
}

/** overlay2 and fuse-overlayfs name their folders, the lower ones from the top on; vfs does not. */
function graphDriverOf(graphDriver: JsonObject | undefined): Pick<Inspection, 'driver' | 'folders'> {
  const driver = text(graphDriver, 'Name')
  const upper = text(part(graphDriver, 'Data'), 'UpperDir')
  const lower = text(part(graphDriver, 'Data'), 'LowerDir')
  const folders = [...(upper ? [upper] : []), ...(lower ? lower.split(':') : [])].reverse()
  return { ...(driver ? { driver } : {}), ...(upper ? { folders } : {}) }
}

function choiceOf(manifest: JsonObject): readonly EnginePlatform[] {
  const platform = part(part(manifest, 'ImageData'), 'Platform') ?? part(part(manifest, 'Descriptor'), 'platform')
  if (text(manifest, 'Kind') !== 'image' || platform === undefined) return []
  const unpacked = part(part(manifest, 'ImageData'), 'Size')?.Unpacked
  const digest = text(part(manifest, 'Descriptor'), 'digest')
  return [
    {
      platform: platformOf(platform, 'lower'),
      complete: manifest.Available === true,
      unpacked: typeof unpacked === 'number' && unpacked > 0,
      ...(digest === undefined ? {} : { digest }),
    },
  ]
}

/** `Os` in an image's own description, `os` in that of a manifest. */
function platformOf(object: JsonObject, spelling: 'lower' | ''): Platform {
  const field = (name: string) => text(object, spelling === 'lower' ? name.toLowerCase() : name)
  const variant = field('Variant')
  const [os, architecture] = [field('Os') || 'linux', field('Architecture') || 'unknown']
  return { os, architecture, ...(variant ? { variant } : {}) }
}
