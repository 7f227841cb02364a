import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Engine } from './engines.ts'
// What is imported later, root's folders may hide from the user.
import 'dockerode'

const nobody = 65_534

/** Runs something as a user who may read nothing but what everybody may. Must be called as root. */
export async function asUser<Result>(action: () => Promise<Result>): Promise<Result> {
  process.setegid?.(nobody)
  process.seteuid?.(nobody)
  try {
    return await action()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

/** Lets every user talk to an engine, as membership of its group would; its folders stay as they are. */
export async function openSocket({ socket }: Engine): Promise<void> {
  await chmod(socket, 0o666)
  for (let folder = dirname(socket); folder.split('/').length > 2; folder = dirname(folder)) await chmod(folder, 0o755)
}
