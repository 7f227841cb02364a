import { realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { codeOf } from '../../bytes/reason.ts'
import { ImgauditError } from '../../error.ts'

/**
 * Where a file of a folder that somebody else wrote really is; undefined where there is none of that name. Links inside of the
 * folder are followed, as blobs that several layouts share have them. None is that leads out of it: what lies there is no part of
 * the image, and names and digests of it would be told to whoever made the link and gets to see the report. Nor is anything
 * opened but a regular file: a pipe would be waited for, and to open a device can do things. `name` has no `..` in it. Throws
 * FILE_UNREADABLE.
 */
export function fileInside(folder: string, name: string): string | undefined {
  const path = realPath(join(folder, name))
  if (path === undefined) return undefined
  const root = realPath(folder) ?? folder
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) throw outside(folder, name)
  // undefined: removed meanwhile.
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isFile() === false) throw noFile(folder, name)
  return stat && path
}

/** Also undefined of a link to nothing, and of one to itself. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
    const message = `${path} cannot be read: ${code}`
    throw new ImgauditError('FILE_UNREADABLE', message, `see who may read it: ls -l ${path}`, { cause })
  }
}

function outside(folder: string, name: string): ImgauditError {
  return new ImgauditError(
    'FILE_UNREADABLE',
    `${name} in ${folder} is a link that leads out of this folder, where nothing is part of the image`,
    `where you trust whoever wrote it, copy what it leads to: cp -rL ${folder} <copy>`,
  )
}

function noFile(folder: string, name: string): ImgauditError {
  return new ImgauditError(
    'FILE_UNREADABLE',
    `${name} in ${folder} is no file, but a folder, a pipe or a device`,
    'write the layout anew: skopeo copy <image> oci:<folder>:<tag>',
  )
}
