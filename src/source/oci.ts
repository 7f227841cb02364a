import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type FileBytes, openFile, wholeFile } from '../bytes/file.ts'
import { ImgauditError } from '../error.ts'
import { assemble } from './layer/assemble.ts'
import { readLayers } from './layer/read.ts'
import { fileInside } from './oci/inside-folder.ts'
import { planImage } from './plan/image.ts'
import type { LayerPlan } from './plan/plan.ts'
import { blobMissing, checkDocument, type Shelf } from './plan/shelf.ts'
import type { ImageSource, OpenOptions } from './source.ts'

/** An OCI layout folder (OCI image-spec image-layout.md): `folder`, or `folder:tag`. */
export const oci: ImageSource = {
  scheme: 'oci',
  async recognizes(reference, { cwd }) {
    return split(reference, cwd) !== undefined
  },
  async open(reference, options) {
    const { shelf, folder, wanted } = find(reference, options)
    const files: FileBytes[] = []
    const close = () => {
      for (const file of files) file.close()
    }
    const bytesOf = (layer: LayerPlan, position: number) => {
      const path = pathOf(folder, layer.name)
      if (path === undefined) throw blobMissing(`layer ${position + 1}`, layer.digest ?? layer.name, reference)
      const file = openFile(path)
      files.push(file)
      return file
    }
    try {
      const plan = await planImage(shelf, wanted)
      const reads = await readLayers(`reading ${reference}`, plan, bytesOf, options)
      return assemble(plan, reads, { reference, source: 'oci', close }, options.readLimits)
    } catch (error) {
      close()
      throw error
    }
  },
  async diffIds(reference, options) {
    const { shelf, wanted } = find(reference, options)
    const plan = await planImage(shelf, wanted)
    return plan.config.diffIds
  },
}

/** The folder that a reference names, and which of its images. */
function find(reference: string, options: OpenOptions) {
  const found = split(reference, options.cwd)
  if (found === undefined) throw noLayout(reference, options.cwd)
  const { folder, tag } = found
  const image = options.image ?? tag
  return {
    folder,
    shelf: folderShelf(folder, reference, options.readLimits),
    wanted: image === undefined ? options : { ...options, image },
  }
}

function folderShelf(folder: string, reference: string, limits: OpenOptions['readLimits']): Shelf {
  return {
    reference,
    has: name => pathOf(folder, name) !== undefined,
    async document(name) {
      const path = pathOf(folder, name)
      return path === undefined ? undefined : wholeFile(path, size => checkDocument(name, size, limits))
    },
  }
}

/** Names are those that this program makes out of digests, and three fixed ones: none leads out of the folder. */
function pathOf(folder: string, name: string): string | undefined {
  return /^[\w./-]+$/.test(name) && !name.includes('..') ? fileInside(folder, name) : undefined
}

/** A folder's name may have colons in it, so the whole is tried first. */
function split(reference: string, cwd: string): { readonly folder: string; readonly tag?: string } | undefined {
  const whole = resolve(cwd, reference)
  if (isLayout(whole)) return { folder: whole }
  for (let colon = reference.lastIndexOf(':'); colon > 0; colon = reference.lastIndexOf(':', colon - 1)) {
    const folder = resolve(cwd, reference.slice(0, colon))
    if (isLayout(folder)) return { folder, tag: reference.slice(colon + 1) }
  }
  return undefined
}

function isLayout(folder: string): boolean {
  return existsSync(join(folder, 'index.json')) && existsSync(join(folder, 'oci-layout'))
}

function noLayout(reference: string, cwd: string): ImgauditError {
  const folder = resolve(cwd, reference)
  const there = existsSync(folder) && statSync(folder).isDirectory()
  const what = there ? 'is a folder without index.json and oci-layout' : 'is no folder'
  return new ImgauditError(
    there ? 'NOT_AN_IMAGE' : 'FILE_UNREADABLE',
    `${reference} ${what}, so it is no OCI layout`,
    'write one with: skopeo copy <image> oci:<folder>:<tag>',
  )
}
