import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Layout, tarOf } from '../../archive.ts'
import { list } from '../../tar/list.ts'
import { smallImage } from '../seeds.ts'
import { opened, scratch, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'

/** OCI layout folders; an input is a tar of one, which is unpacked as far as it can be. */
export const layoutFolder: Target = {
  name: 'layout',
  async seeds() {
    const layout = new Layout()
    layout.manifests.push(layout.index([layout.image(await smallImage()), layout.attestation('x')]))
    return [await tarOf(layout.parts())]
  },
  pieces: ['index.json', 'oci-layout', 'blobs/sha256/'],
  most: 256 * 1024,
  runs: 50,
  async read(bytes) {
    const folder = join(scratch(), 'layout')
    rmSync(folder, { recursive: true, force: true })
    const { members, contents } = list(bytes, ({ type }) => type === 'file')
    for (const [at, { name, type }] of members.entries()) {
      if (!/^(?:index\.json|oci-layout|blobs\/sha256\/\w{1,64})$/.test(name)) continue
      const path = join(folder, name)
      rmSync(path, { recursive: true, force: true })
      mkdirSync(type === 'file' ? dirname(path) : path, { recursive: true })
      if (type === 'file') writeFileSync(path, contents[at] ?? '')
    }
    await opened(`oci:${folder}`, surroundings(), ({ layers }) => layers.length)
    await opened(`oci:${folder}`, { ...surroundings(), verify: true }, ({ layers }) => layers.length)
  },
}
