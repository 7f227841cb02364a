import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Image } from '../../src/image/image.ts'
import { type OpenOptions, openImage } from '../../src/source/index.ts'

let folder: string | undefined

/** A folder of this process. */
export function scratch(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'imgaudit-fuzz-'))
  return folder
}

export function removeScratch(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = undefined
}

/** Writes a file of the scratch folder; answers with its path. */
export function scratchFile(name: string, bytes: Buffer): string {
  const path = join(scratch(), name)
  writeFileSync(path, bytes)
  return path
}

/** Nothing of this machine is around: no engine, no home, no environment. */
export function surroundings(stdin: Buffer = Buffer.alloc(0)): OpenOptions {
  const homedir = join(scratch(), 'home')
  const pieces = Readable.from(piecesOf(stdin, 60_001))
  return { pull: 'never', verify: false, layerStore: true, env: {}, cwd: scratch(), homedir, stdin: pieces }
}

/** Opens an image, lets `look` at it, and lets go of it. */
export async function opened<Answer>(
  reference: string,
  options: OpenOptions,
  look: (image: Image) => Answer | Promise<Answer>,
): Promise<Answer> {
  await using image = await openImage(reference, options)
  return await look(image)
}

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
