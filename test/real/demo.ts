import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { expectBalanced } from '../balance.ts'
import { comparable } from './comparable.ts'
import { auditOptions } from './open-options.ts'

/** The demo as an archive to be loaded into engines, in a folder that everybody may look into. */
export interface Demo {
  readonly folder: string
  readonly archive: string
  /** What is said of the archive. */
  readonly expected: Report
  /** Expects a report to say the same, of the image by whatever way. */
  same(report: Report): void
  remove(): Promise<void>
}

export async function demoArchive(): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'imgaudit-demo-'))
  await chmod(folder, 0o755)
  const archive = join(folder, 'demo.tar')
  await writeDemo(archive)
  const expected = await audit(archive, auditOptions())
  const same = (report: Report) => {
    expectBalanced(report)
    expect(comparable(report)).toEqual(comparable(expected))
  }
  return { folder, archive, expected, same, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** The ways by which the layers of an image were read, each once. */
export function routesOf({ layers }: Report): readonly string[] {
  return [...new Set(layers.map(({ route }) => route))]
}
