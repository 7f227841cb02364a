import { gzipSync } from 'node:zlib'
import {
  craneArchive,
  docker25Archive,
  docker29Archive,
  Layout,
  legacyArchive,
  podmanArchive,
  tarOf,
  v1Archive,
} from '../../archive.ts'
import { smallImage, storedZstd } from '../seeds.ts'
import { opened, scratchFile, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'
import { summedAgain } from './tar.ts'

const most = 256 * 1024

/** Archives of every writer, from a file and from standard input. */
export const archive: Target = {
  name: 'archive',
  async seeds() {
    const image = await smallImage()
    const layout = new Layout()
    layout.manifests.push(layout.image(image, storedZstd))
    const all = [legacyArchive, craneArchive, podmanArchive, docker25Archive, docker29Archive, v1Archive]
    return Promise.all([...all.map(write => write(image)), tarOf(layout.parts())])
  },
  pieces: ['manifest.json', 'index.json', 'blobs/sha256/', 'sha256:', '../', 'layer.tar', 'ustar'],
  mend: summedAgain,
  most,
  async read(bytes) {
    const file = scratchFile('archive.tar', bytes)
    await opened('-', surroundings(bytes), ({ layers }) => layers.length)
    await opened(file, { ...surroundings(), verify: true }, ({ layers }) => layers.length)
    await opened(file, surroundings(), ({ layers }) => layers.length)
  },
}

/** Archives that are compressed as a whole. */
export const compressedArchive: Target = {
  name: 'compressed-archive',
  async seeds() {
    const [legacy, crane] = await Promise.all([legacyArchive(await smallImage()), craneArchive(await smallImage())])
    return [gzipSync(legacy), gzipSync(crane), storedZstd(legacy), storedZstd(crane)]
  },
  most,
  read: bytes => opened('-', surroundings(bytes), ({ layers }) => layers.length),
}
