import { ImgauditError } from '../../error.ts'
import { splitName } from '../../image/reference.ts'
import type { StoragePlace } from './place.ts'
import type { StoredImage } from './records.ts'

/** How many names an error lists. */
const listed = 12

/**
 * The image that Podman would take for a name (containers/common libimage, LookupImage): by its ID, its name in full, as a
 * short name of localhost, then of any registry, or by the beginning of its ID. Which of several registries' Podman takes
 * depends on registries.conf: they are listed instead. Throws IMAGE_MISSING and IMAGE_AMBIGUOUS.
 */
export function findStored(images: readonly StoredImage[], name: string, place: StoragePlace): StoredImage {
  for (const way of ways(name)) {
    const [found, ...others] = distinct(images.filter(way))
    if (others.length > 0 && found !== undefined) throw ambiguous([found, ...others], name)
    if (found !== undefined) return found
  }
  throw absent(images, name, place)
}

/** What an image can be to have this name, the likeliest first. */
function ways(name: string): readonly ((image: StoredImage) => boolean)[] {
  const whole = /^(?:sha256:)?([0-9a-f]{64})$/.exec(name)?.[1]
  if (whole !== undefined) return [({ id }) => id === whole]
  const { repository, tag, digest } = splitName(name)
  const called = (fits: (repository: string) => boolean) => (image: StoredImage) =>
    image.names.some(own => {
      const { repository: ownRepository, tag: ownTag } = splitName(own)
      if (!fits(ownRepository)) return false
      return digest === undefined ? ownTag === (tag ?? 'latest') : image.manifests.includes(digest)
    })
  if (!isShort(repository)) {
    const full = onHub(repository)
    return [called(own => own === full)]
  }
  return [
    called(own => own === `localhost/${repository}`),
    // Docker Hub's and others: which registry comes first is up to registries.conf.
    called(own => own.endsWith(`/${repository}`)),
    ...(/^[0-9a-f]+$/.test(name) ? [({ id }: StoredImage) => id.startsWith(name)] : []),
  ]
}

/** Without a registry in front (containers/image pkg/shortnames, IsShortName). */
function isShort(repository: string): boolean {
  const slash = repository.indexOf('/')
  const first = slash < 0 ? '' : repository.slice(0, slash)
  return !/[.:]/.test(first) && first !== 'localhost'
}

/** `docker.io/app` is `docker.io/library/app`. */
function onHub(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\/(?:([^/]+)$)?/, (_, alone?: string) =>
    alone === undefined ? 'docker.io/' : `docker.io/library/${alone}`,
  )
}

/** One of each ID: a further store can hold an image that the first one holds too. */
function distinct(images: readonly StoredImage[]): readonly StoredImage[] {
  return images.filter((image, position) => images.findIndex(({ id }) => id === image.id) === position)
}

function absent(images: readonly StoredImage[], name: string, { roots, driver }: StoragePlace): ImgauditError {
  const names = images.flatMap(image => image.names)
  const more = names.length > listed ? ` and ${names.length - listed} more` : ''
  const there = names.length === 0 ? 'nothing with a name' : `${names.slice(0, listed).join(', ')}${more}`
  return new ImgauditError(
    'IMAGE_MISSING',
    `the ${driver} store ${roots.join(', ')} has no image ${name}. It has ${there}`,
    `see what is there with: podman images, or get it with: podman pull ${name}`,
  )
}

function ambiguous(images: readonly StoredImage[], name: string): ImgauditError {
  const names = images.map(image => `${image.names.join(' = ') || 'without a name'} (${image.id.slice(0, 12)})`)
  return new ImgauditError(
    'IMAGE_AMBIGUOUS',
    `${name} can be any of ${images.length} images: ${names.join(', ')}`,
    `name it in full or by its ID, for example ${images[0]?.names[0] ?? images[0]?.id.slice(0, 12)}`,
  )
}
