import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { endMarker, file } from '../../fixtures/tar/build.ts'
import { configuration, hex, json } from '../archive.ts'

/** An image of an archive of many: its name, and its layers' uncompressed tars, base first. */
export interface Named {
  readonly name: string
  readonly layers: readonly Buffer[]
}

/** One archive of many images, as `docker save` of Docker 20.10 lays it out, each layer once. */
export async function writeImages(path: string, images: readonly Named[]): Promise<void> {
  const archive = createWriteStream(path)
  const known = new Set<string>()
  const add = (name: string, bytes: Buffer) => {
    if (!known.has(name)) archive.write(file(name, bytes))
    known.add(name)
    return name
  }
  const manifest = images.map(({ name, layers }) => {
    const config = configuration({ layers, config: { config: { Cmd: ['/a'] } } })
    const Layers = layers.map(layer => add(`${hex(layer)}/layer.tar`, layer))
    return { Config: add(`${hex(config)}.json`, config), RepoTags: [name], Layers }
  })
  add('manifest.json', json(manifest))
  archive.end(endMarker)
  await finished(archive)
}
