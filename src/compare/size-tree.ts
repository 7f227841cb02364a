import type { PathTree } from '../image/path-tree.ts'

/** What a path of a tree is; `absent` where a layer has it but the image does not show it. */
export const kinds = { absent: 0, file: 1, folder: 2 } as const

/** The live bytes of an image by path: of all that it shows where the image was read, of its larger folders and files where
 *  only a report of it is there. In columns, so that two images of a million paths fit side by side. */
export interface SizeTree {
  readonly paths: PathTree
  /** By node, one of `kinds`. The root is a folder. */
  readonly kinds: Uint8Array
  /** By node: a content counts where its first visible name is. A folder has what lies in it. */
  readonly bytes: Float64Array
  /** The most that a path directly in a folder may have when the tree does not list it. 0 where every path is listed. */
  unlisted(folder: number): number
}
