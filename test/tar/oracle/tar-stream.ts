import { createReadStream } from 'node:fs'
import { extract } from 'tar-stream'
import type { Answer, Oracle, Told } from './told.ts'

/** tar-stream, which most programs for Node read archives with. It knows no sparse files. */
export const tarStream: Oracle = {
  name: 'tar-stream',
  tools: [],
  says: ['mode', 'uid', 'gid', 'mtime'],
  async read(paths) {
    const answers: Answer[] = []
    for (const path of paths) answers.push(await answer(path))
    return answers
  },
}

const types: Record<string, string> = {
  'character-device': 'device',
  'block-device': 'device',
  link: 'hardlink',
  'contiguous-file': 'file',
}

// Its types know none of its own options.
const withV7 = { highWaterMark: 65_536, allowUnknownFormat: true }

// Milliseconds after which it is taken to wait for what never comes.
const patience = 2000

async function answer(path: string): Promise<Answer> {
  const members: Told[] = []
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('it hangs')), patience)
  })
  const reader = extract(withV7)
  const source = createReadStream(path)
  try {
    await Promise.race([hangs, collect(source.pipe(reader) as typeof reader, members)])
    return { members }
  } catch (error) {
    return { members, error: String(error) }
  } finally {
    clearTimeout(timer)
    source.destroy()
  }
}

async function collect(reader: ReturnType<typeof extract>, members: Told[]): Promise<void> {
  for await (const entry of reader) {
    const { name, type, size, linkname, mode, uid, gid, mtime } = entry.header
    const kind = type === null || type === undefined ? 'flag' : (types[type] ?? type)
    members.push({
      name: Buffer.from(name).toString('hex'),
      type: kind,
      size: kind === 'file' || kind === 'flag' ? (size ?? 0) : 0,
      target: Buffer.from(linkname ?? '').toString('hex'),
      mode: mode ?? 0,
      uid: uid ?? 0,
      gid: gid ?? 0,
      mtime: (mtime?.getTime() ?? 0) / 1000,
    })
    entry.on('error', () => {}) // told by the reader too
    entry.resume()
  }
}
