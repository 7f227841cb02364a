import { ImgauditError } from '../../error.ts'
import type { OpenOptions } from '../source.ts'
import type { ContainerdClient } from './client.ts'
import { findImage } from './name.ts'
import type { ImageRecord } from './protocol.ts'

/** Names of images that an error lists. */
const shown = 8

/** An image of containerd's. */
export interface NamedImage {
  /** As containerd has it. */
  readonly name: string
  readonly namespace: string
  /** Of its manifest or index. */
  readonly digest: string
}

/** The image that is meant by a name. Throws IMAGE_MISSING, saying what there is. */
export async function locateImage(
  client: ContainerdClient,
  namespaces: readonly string[],
  name: string,
  options: Pick<OpenOptions, 'namespace' | 'env'>,
): Promise<NamedImage> {
  const namespace = options.namespace ?? (options.env.CONTAINERD_NAMESPACE || 'default')
  const imagesOf = async (of: string) => (await client.call('listImages', {}, of)).images
  const images = await imagesOf(namespace)
  const found = findImage(images, name)
  if (found?.target) return { name: found.name, namespace, digest: found.target.digest }
  const others: string[] = []
  for (const other of namespaces) {
    if (other !== namespace && findImage(await imagesOf(other), name) !== undefined) others.push(other)
  }
  throw imageMissing(name, namespace, namespaces, images, others)
}

function imageMissing(
  name: string,
  namespace: string,
  namespaces: readonly string[],
  images: readonly ImageRecord[],
  others: readonly string[],
): ImgauditError {
  const known = namespaces.includes(namespace)
  const what = known
    ? `containerd has no image ${name} in the namespace ${namespace}`
    : `containerd has no namespace ${namespace}, and so no image ${name} there`
  const [first] = others
  if (first !== undefined) {
    const fix = `name the namespace: --namespace ${first}`
    return new ImgauditError('IMAGE_MISSING', `${what}, but in ${others.join(', ')}`, fix)
  }
  const list = known ? listing(images.map(image => image.name)) : listing(namespaces)
  const fix = known
    ? `list what there is with: ctr --namespace ${namespace} images ls`
    : 'list what there is with: ctr namespaces ls'
  return new ImgauditError('IMAGE_MISSING', `${what}. It has ${list}`, fix)
}

function listing(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const more = names.length > shown ? `, and ${names.length - shown} more` : ''
  return names.slice(0, shown).join(', ') + more
}
