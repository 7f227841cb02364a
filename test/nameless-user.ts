import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { scratch } from './source/open.ts'

/** Whether `nameless` works here: root of a container often may not mount. */
export const canBeNameless =
  getuid?.() === 0 && spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t proc proc /proc && setpriv true']).status === 0
if (!canBeNameless) console.warn('skipped: this user may not run programs as another one, with mounts of their own')

/** One of the sources as a module that every user may import: in a folder of its own, with what it imports. */
export async function readableModule(file: string): Promise<string> {
  const folder = scratch()
  chmodSync(folder, 0o755)
  const path = join(folder, 'module.mjs')
  const input = fileURLToPath(new URL(`../src/${file}`, import.meta.url))
  await build({ input, platform: 'node', output: { file: path }, logLevel: 'warn' })
  return path
}

/** What a script writes that a user runs who has no name: a number alone, and no rights. `before` is what a shell does
 *  first, in mounts of its own. */
export function nameless(uid: number, script: string, before = ':'): string {
  const path = join(scratch(), 'script.mjs')
  writeFileSync(path, script)
  chmodSync(join(path, '..'), 0o755)
  const user = `setpriv --reuid ${uid} --regid ${uid} --clear-groups -- "$0" "$1"`
  const shell = ['-m', 'sh', '-c', `${before} && exec ${user}`, process.execPath, path]
  return execFileSync('unshare', shell, { encoding: 'utf8', cwd: '/' }).trim()
}
