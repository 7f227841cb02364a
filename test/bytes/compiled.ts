import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The sources as they are installed: compiled, in a folder of their own. Threads run from there only. */
export interface Compiled {
  /** The address of a file, `bytes/inflate.js`. */
  url(file: string): string
  remove(): void
}

export function compile(): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`it does not compile: ${stdout}`)
  return {
    url: file => pathToFileURL(join(folder, 'dist', file)).href,
    remove: () => rmSync(folder, { recursive: true }),
  }
}
