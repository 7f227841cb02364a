import { randomUUID } from 'node:crypto'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { reasonOf } from './bytes/reason.ts'
import { sha256 } from './demo/content.ts'
import { tarOf } from './demo/layer.ts'
import { config, emptyInstructions, layers } from './demo/layers.ts'
import { ImgauditError } from './error.ts'

const created = '2026-01-02T03:04:05Z'

/**
 * Writes the demo's image as an archive that docker load, podman load and skopeo take: a real image, made up, with one
 * of every waste. The same bytes every time.
 */
export async function writeDemo(path: string, signal?: AbortSignal): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there !== undefined && !there.isFile()) {
    const message = `the demo cannot take the place of ${path}, which is ${there.isDirectory() ? 'a folder' : 'no file'}`
    throw new ImgauditError('OUTPUT_FAILED', message, 'name a file: imgaudit demo --keep demo.tar')
  }
  const files = await archived()
  const archive = pack()
  for (const [name, bytes] of files) archive.entry({ name, mtime: new Date(created) }, bytes)
  archive.finalize()
  const bytes = await buffer(archive)
  // Beside it, then in its place: what is there stays until the demo is whole.
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await writeFile(unfinished, bytes, { flag: 'wx', ...(signal && { signal }) })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    if (signal?.aborted) throw new ImgauditError('INTERRUPTED', 'interrupted', 'run the same command again')
    throw unwritable(path, error)
  }
}

function unwritable(path: string, cause: unknown): ImgauditError {
  const fix = 'write it where there are 20 MB and you may: imgaudit demo --keep <file>, or set TMPDIR'
  return new ImgauditError('OUTPUT_FAILED', `the demo cannot be written to ${path}: ${reasonOf(cause)}`, fix, { cause })
}

/** As `docker save` of before OCI has it, which every engine reads: layers, configuration, manifest. */
async function archived(): Promise<readonly (readonly [name: string, bytes: Buffer])[]> {
  const tars = await Promise.all(layers.map(tarOf))
  const digests = tars.map(sha256)
  const configuration = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created,
      config,
      history: [
        ...layers.map(({ instruction }) => ({ created, created_by: `${instruction} # buildkit` })),
        ...emptyInstructions.map(instruction => ({ created, created_by: instruction, empty_layer: true })),
      ],
      rootfs: { type: 'layers', diff_ids: digests.map(digest => `sha256:${digest}`) },
    }),
  )
  const name = `${sha256(configuration)}.json`
  const names = digests.map(digest => `${digest}.tar`)
  const manifest = [{ Config: name, RepoTags: ['imgaudit-demo:latest'], Layers: names }]
  return [
    ...tars.map((tar, at) => [names[at] ?? '', tar] as const),
    [name, configuration],
    ['manifest.json', Buffer.from(JSON.stringify(manifest))],
  ]
}
