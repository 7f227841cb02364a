import { openFromStorage, planFromStorage } from './containers-storage/image.ts'
import { parseStorageReference } from './containers-storage/specifier.ts'
import type { ImageSource } from './source.ts'

/** A store that Podman, Buildah and CRI-O share, read where it lies, without a daemon (containers-transports.5). */
export const containersStorage: ImageSource = {
  scheme: 'containers-storage',
  async recognizes() {
    return false
  },
  async open(reference, options) {
    const { place, name } = await parseStorageReference(reference, options)
    const found = await planFromStorage(place, name, options)
    return openFromStorage(place, found, { reference, source: 'containers-storage' }, options)
  },
  async diffIds(reference, options) {
    const { place, name } = await parseStorageReference(reference, options)
    const { plan } = await planFromStorage(place, name, options)
    return plan.config.diffIds
  },
}
