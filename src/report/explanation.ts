import type { LinkRule, Reach, RootKind } from '../evidence/link/links.ts'
import type { EntryKind } from '../image/entry.ts'
import type { GpuKind } from '../probe/binary/gpu-code.ts'
import type { Verdict } from '../rule/rule.ts'

/** All that is known of one path of an image: what `imgaudit why` prints. Bytes. */
export interface Explanation {
  /** Where it really is, folders behind links followed. */
  readonly path: string
  readonly kind: EntryKind
  readonly visible: boolean
  /** Every entry that layers have at the path, newest first; none for a folder. */
  readonly copies: readonly Copy[]
  /** Of a symlink, with the file or folder behind it, all links followed; bytes of a file alone. */
  readonly link: { readonly target: string; readonly file: string | null; readonly bytes: number | null } | null
  /** Other names of the same content. */
  readonly names: readonly string[]
  readonly owner: { readonly package: string; readonly version: string; readonly root: string } | null
  /** Of a folder: what is below it, by the layer that has it. */
  readonly below: readonly Below[] | null
  readonly binary: BinaryFacts | null
  /** Why it is loaded for its own sake. */
  readonly root: RootKind | null
  /** Whether the program that the image starts loads it. */
  readonly started: boolean
  readonly needs: readonly Link[]
  readonly loadedBy: readonly Link[]
  /** Files whose data names it: they may open it. */
  readonly namedBy: readonly string[]
  /** Files that answer to the same name, and who gets them. */
  readonly rivals: readonly { readonly path: string; readonly loadedBy: readonly Link[] }[]
  readonly findings: readonly Taken[]
}

export interface Below {
  readonly layer: number
  readonly createdBy: string | null
  readonly base: boolean | null
  /** Of what the image shows. */
  readonly bytes: number
  readonly count: number
  /** What later layers deleted or replaced. */
  readonly hidden: { readonly bytes: number; readonly count: number }
}

export interface Copy {
  readonly layer: number
  readonly createdBy: string | null
  readonly base: boolean | null
  readonly bytes: number
  readonly hiddenBy: { readonly layer: number; readonly createdBy: string | null; readonly replaced: boolean } | null
}

export interface BinaryFacts {
  readonly what: string
  readonly soname: string | null
  readonly buildId: string | null
  readonly interpreter: string | null
  readonly rpath: string | null
  readonly runpath: string | null
  readonly parts: Readonly<Record<string, number>>
  readonly gpu: readonly { readonly arch: string; readonly kind: GpuKind; readonly bytes: number }[]
  readonly unread: string | null
}

export interface Link {
  readonly from: string
  readonly name: string
  readonly to: string | null
  readonly rule: LinkRule
  readonly because: string
  readonly reach: Reach
  /** Not found, as it should be: the driver of the host brings it. */
  readonly fromHost: boolean
}

/** What a finding takes of the path, all its copies together, and of the file that it leads to. */
export interface Taken {
  readonly rule: string
  readonly verdict: Verdict
  readonly message: string
  readonly layer: number | null
  readonly bytes: number
}
