import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's own folder, also from where the tests lie compiled. */
export const root = rootAbove(dirname(fileURLToPath(import.meta.url)))

const folder = join(root, 'fixtures/fuzz')

/** Inputs that were found to lead to what none may. */
export function corpusOf(target: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const own = join(folder, target)
  const names = existsSync(own) ? readdirSync(own).sort() : []
  return names.map(name => ({ name, bytes: readFileSync(join(own, name)) }))
}

/** Targets that have found inputs. */
export function corpusTargets(): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
}

/** Keeps an input; answers with where. */
export function keep(target: string, bytes: Buffer): string {
  const path = join(folder, target, createHash('sha256').update(bytes).digest('hex').slice(0, 16))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

function rootAbove(start: string): string {
  return existsSync(join(start, 'package-lock.json')) ? start : rootAbove(dirname(start))
}
