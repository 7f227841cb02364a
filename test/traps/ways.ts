import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type AuditImageOptions, auditImage } from '../../src/audit.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import type { Image } from '../../src/image/image.ts'
import type { EntryRow } from '../../src/report/entry-schema.ts'
import type { Report } from '../../src/report/schema.ts'
import { type ImageParts, Layout, legacyArchive, named } from '../archive.ts'
import { expectBalanced } from '../balance.ts'
import { comparable } from '../real/comparable.ts'
import { open, openPiped, scratch } from '../source/open.ts'

/** How bytes come: sought over, read whole, out of a pipe, compressed, in a folder. */
const ways: Readonly<Record<string, (image: ImageParts) => Promise<Image>>> = {
  sought: async image => open(await saved(image)),
  verified: async image => open(await saved(image), { verify: true }),
  piped: async image => openPiped(await legacyArchive(image)),
  'OCI folder, compressed': image => open(folder(image), { platform: 'linux/amd64' }),
}

/** What is known of an image, whichever way its bytes came. */
export interface Audited {
  readonly report: Report
  readonly filesystem: Filesystem
  readonly rows: readonly EntryRow[]
}

/** Audits an image of these layers in every way, and answers with what all of them say. */
export async function audited(
  layers: readonly Buffer[],
  config: object = {},
  options: AuditImageOptions = {},
): Promise<Audited> {
  const answers: Audited[] = []
  for (const [way, openIt] of Object.entries(ways)) {
    const image = await openIt({ layers, name: 'app:1', config })
    const rows: EntryRow[] = []
    const entries = async (all: Iterable<EntryRow>) => void rows.push(...all)
    const report = await auditImage(image, { ...options, entries })
    expectBalanced(report)
    const answer = { report, filesystem: new Filesystem(image.layers), rows }
    const [first = answer] = answers
    expect(comparable(report), way).toEqual(comparable(first.report))
    expect(rows, way).toEqual(first.rows)
    answers.push(answer)
  }
  const [first] = answers
  if (first === undefined) throw new Error('there is no way')
  return first
}

/** Every path that the image shows, with the layer that it comes from. */
export function shown({ filesystem }: Audited): Record<string, number> {
  const paths: Record<string, number> = {}
  for (let id = 0; id < filesystem.count; id++)
    if (filesystem.visible(id)) paths[filesystem.path(id)] = filesystem.layerOf(id)
  return paths
}

/** An archive as `docker save` has long written it, in a file. */
export async function saved(image: ImageParts): Promise<string> {
  const path = join(scratch(), 'image.tar')
  writeFileSync(path, await legacyArchive(image))
  return path
}

/** An OCI layout in a folder, each layer compressed. */
export function folder(image: ImageParts, compress?: (layer: Buffer) => Buffer): string {
  const layout = new Layout()
  layout.manifests.push(named(layout.image(image, compress), 'app:1'))
  const path = join(scratch(), 'layout')
  layout.write(path)
  return path
}
