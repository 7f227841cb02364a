import type { Readable } from 'node:stream'
import type { ReadLimits } from '../bytes/read-limits.ts'
import type { Image } from '../image/image.ts'
import type { LayerCache } from '../image/layer-cache.ts'

/** Told how far reading has come. Bytes. */
export interface Progress {
  /** A phase begins, such as `pulling app:1`; `total` where it is known, in the unit of `advance`. */
  begin(phase: string, total?: number): void
  /** `what` is being read right now, such as `layer 3 of 12`. */
  advance(bytes: number, what?: string): void
  end(): void
}

export interface OpenOptions {
  /** `linux/arm64`; undefined: the host's when the image has it, else the only one that it has. */
  readonly platform?: string
  /** Which image of an archive that holds several: a name, a digest or the beginning of one, or its number from 1 on. */
  readonly image?: string
  /** Whether an engine pulls. */
  readonly pull: 'always' | 'missing' | 'never'
  /** Read every byte, also where headers would do, or where it was read before. */
  readonly verify: boolean
  /** Layers that were read before; undefined: each is read anew. */
  readonly cache?: LayerCache
  /** Read what an engine keeps on its disk, rather than have it export the image. */
  readonly layerStore: boolean
  /** Of containerd: `moby` is Docker's, `k8s.io` a cluster's. */
  readonly namespace?: string
  /** Milliseconds that an engine may say nothing when something is asked of it, whatever its answer takes in all: then the
   *  run ends with ENGINE_SILENT. Ten minutes unless told; Infinity waits for ever, as standard input is waited for. */
  readonly timeout?: number
  /** How much is read before the run ends with LIMIT; of what is not said, what is usual. */
  readonly readLimits?: Partial<ReadLimits>
  readonly signal?: AbortSignal
  readonly progress?: Progress
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: Readable
  readonly homedir: string
}

/** A place where an image can be. */
export interface ImageSource {
  /** `docker-archive` in `docker-archive:./app.tar`. */
  readonly scheme: string
  /** Whether a reference without a scheme is one of this source's; cheap, without side effects. */
  recognizes(reference: string, options: OpenOptions): Promise<boolean>
  /** Opens it by the cheapest route that there is; `reference` comes without the scheme. */
  open(reference: string, options: OpenOptions): Promise<Image>
  /** Its diff IDs alone, base first: no layer is read where something else tells them. */
  diffIds(reference: string, options: OpenOptions): Promise<readonly string[]>
}
