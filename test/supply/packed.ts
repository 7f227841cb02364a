import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { run } from '../real/engines.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const leftOut = new Set(['.git', 'node_modules', 'build', 'dist'])

/** What `npm run package` made: a tarball, and what is in it by path below its folder `package`. */
export interface Packed {
  readonly size: number
  readonly sha256: string
  readonly files: ReadonlyMap<string, Buffer>
}

/** Copies the repository to a folder that is new, and packs it there with the packages that are installed here. */
export async function packed(folder: string): Promise<Packed> {
  mkdirSync(folder, { recursive: true })
  const filter = (source: string) => !leftOut.has(relative(root, source)) && !source.endsWith('.tgz')
  cpSync(root, folder, { recursive: true, filter })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  await run('npm', ['run', '--silent', 'package'], { cwd: folder })
  const tarball = readFileSync(join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? ''))
  rmSync(folder, { recursive: true })
  return {
    size: tarball.length,
    sha256: createHash('sha256').update(tarball).digest('hex'),
    files: await filesOf(gunzipSync(tarball)),
  }
}

async function filesOf(tar: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const entries = extract()
  entries.end(tar)
  for await (const entry of entries) {
    files.set(entry.header.name.replace(/^package\//, ''), await buffer(entry))
  }
  return files
}

/** As npm installs it: the package below a folder's node_modules, beside what it depends on and no more. */
export function install({ files }: Packed, folder: string, beside: readonly string[]): void {
  for (const [path, content] of files) {
    const at = join(folder, 'node_modules/imgaudit', path)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, content)
  }
  for (const name of beside) {
    const at = join(folder, 'node_modules', name)
    mkdirSync(dirname(at), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), at)
  }
}
