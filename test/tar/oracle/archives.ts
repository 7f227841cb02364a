import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer, Oracle } from './told.ts'

/** What an oracle says of archives in memory, in their order. */
export async function ask(oracle: Oracle, archives: readonly Buffer[]): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  try {
    const paths = archives.map((_, index) => join(folder, `${index}.tar`))
    archives.forEach((bytes, index) => {
      writeFileSync(paths[index] ?? '', bytes)
    })
    return await oracle.read(paths)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
