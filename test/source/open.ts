import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import type { Image } from '../../src/image/image.ts'
import { type OpenOptions, openImage } from '../../src/source/index.ts'

/** Opens with nothing of this machine around: no engine, no home, no environment. */
export async function open(reference: string, options: Partial<OpenOptions> = {}): Promise<Image> {
  const image = await openImage(reference, {
    pull: 'never',
    verify: false,
    layerStore: true,
    env: {},
    cwd: '/nowhere',
    homedir: '/nowhere',
    stdin: Readable.from([]),
    ...options,
  })
  onTestFinished(async () => image[Symbol.asyncDispose]())
  return image
}

/** Opens an archive out of standard input, in pieces of an odd size. */
export function openPiped(archive: Buffer, options: Partial<OpenOptions> = {}): Promise<Image> {
  return open('-', { ...options, stdin: Readable.from(pieces(archive, 60_001)) })
}

/** What opening fails with. */
export async function failure(opening: Promise<unknown>): Promise<ImgauditError> {
  const error = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ImgauditError) return error
  throw error ?? new Error('it was opened')
}

/** A folder that goes when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
