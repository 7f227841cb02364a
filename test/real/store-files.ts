import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'

/** Changes a file for the length of an action. */
export async function changed(
  path: string,
  change: (bytes: Buffer) => Buffer | string,
  action: () => Promise<void>,
): Promise<void> {
  const before = await readFile(path)
  await writeFile(path, change(Buffer.from(before)))
  try {
    await action()
  } finally {
    await writeFile(path, before)
  }
}

/** The folder of the one layer that has dpkg's status. */
export function statusFolder(store: string): string {
  return filesLike(store, '*/diff/var/lib/dpkg/status')[0]?.split('/var/lib/dpkg/status')[0] ?? ''
}

/** Files of a store's layers, by a pattern of find's. */
export function filesLike(store: string, pattern: string): readonly string[] {
  const found = execFileSync('find', [store, '-type', 'f', '-size', '+0', '-path', pattern], { encoding: 'utf8' })
  return found.split('\n').filter(path => path !== '')
}
