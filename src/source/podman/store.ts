import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { text } from '../../image/document.ts'
import { openFromStorage, planFromStorage } from '../containers-storage/image.ts'
import { type StoragePlace, storageAt, usualStorage } from '../containers-storage/place.ts'
import { storedImages } from '../containers-storage/records.ts'
import { type EngineClient, EngineRefusal } from '../engine/client.ts'
import type { EngineRoute } from '../engine/kind.ts'
import { registryDigest } from '../engine/registry-digest.ts'
import type { OpenOptions } from '../source.ts'

/** The store behind Podman's socket, read where it lies: with the right to read it, on this machine. */
export const podmanStore: EngineRoute = async ({ client, kind, name, found }, options) => {
  // A path of another machine means nothing here.
  if (client.address.socketPath === undefined) return undefined
  const { root, driver } = await graphRoot(client)
  if (root === undefined || driver === undefined) return undefined
  const place = await placeOf(root, driver, options)
  const id = found.id.replace(/^sha256:/, '')
  if (!isReadable(place) || !storedImages(place).some(image => image.id === id)) return undefined
  const stored = await planFromStorage(place, id, options)
  const image = await openFromStorage(place, stored, { reference: name, source: kind.scheme }, options)
  const digest = registryDigest(found, name)
  return digest === undefined ? image : { ...image, digest }
}

async function graphRoot(client: EngineClient): Promise<{ readonly root?: string; readonly driver?: string }> {
  try {
    const info = await client.json('/info')
    const root = text(info, 'DockerRootDir')
    const driver = text(info, 'Driver')
    return { ...(root ? { root } : {}), ...(driver ? { driver } : {}) }
  } catch (error) {
    if (error instanceof EngineRefusal) return {}
    throw error
  }
}

/** The engine names its own root alone; where that is the user's, further ones are known. */
async function placeOf(root: string, driver: string, options: OpenOptions): Promise<StoragePlace> {
  const usual = await usualStorage(options)
  return usual.driver === driver && usual.roots.includes(root) ? usual : storageAt([root], driver)
}

function isReadable({ roots, driver }: StoragePlace): boolean {
  return roots.some(root => {
    try {
      accessSync(join(root, `${driver}-images/images.json`), constants.R_OK)
      return true
    } catch {
      return false
    }
  })
}
