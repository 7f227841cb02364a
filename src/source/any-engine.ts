import { type ErrorCode, ImgauditError } from '../error.ts'
import type { Image } from '../image/image.ts'
import { dockerEngine } from './docker.ts'
import { connect, openFrom } from './engine.ts'
import { inspect } from './engine-inspect.ts'
import { podmanEngine } from './podman.ts'
import type { OpenOptions } from './source.ts'

const absences: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ENGINE_UNREACHABLE', 'ENGINE_DENIED', 'IMAGE_MISSING'])

/**
 * Opens an image by its bare name: Docker's, or Podman's where Docker does not answer and Podman has it. Throws
 * REFERENCE_UNKNOWN, saying all that was looked for; `looked` is what was looked for before.
 */
export async function openFromAnyEngine(name: string, options: OpenOptions, looked: string): Promise<Image> {
  const dockerSilence = await attempt(() => connect(dockerEngine, options))
  if (!(dockerSilence instanceof ImgauditError)) {
    const image = await attempt(() => openFrom(dockerEngine, dockerSilence, name, options))
    if (!(image instanceof ImgauditError)) return image
    if (image.code !== 'IMAGE_MISSING') throw image
    throw new ImgauditError(image.code, `${image.message}; ${looked}`, image.fix, { cause: image })
  }
  const podmanSilence = await attempt(() => connect(podmanEngine, options))
  if (!(podmanSilence instanceof ImgauditError)) {
    const has = (await inspect(podmanSilence, name)) !== undefined
    if (has) {
      const message = `Docker does not answer, so this is Podman's ${name}`
      return openFrom(podmanEngine, podmanSilence, name, options, [{ code: 'podman-used', message }])
    }
    throw unknown(
      name,
      [looked, dockerSilence.message, `Podman has no image ${name}`],
      `podman:${name} has Podman pull it`,
    )
  }
  // A socket that is there, and may not be used, is the one thing to be told about.
  if (dockerSilence.code === 'ENGINE_DENIED') throw dockerSilence
  throw unknown(name, [looked, dockerSilence.message, podmanSilence.message], 'start the engine that has it')
}

function unknown(name: string, looked: readonly string[], advice: string): ImgauditError {
  return new ImgauditError(
    'REFERENCE_UNKNOWN',
    `nothing is called ${JSON.stringify(name)}: ${looked.join('; ')}`,
    `${advice}, or name an archive or an OCI layout: imgaudit image.tar, imgaudit oci:<folder>`,
  )
}

/** What an engine says when it does not answer or does not have it; every other error goes on its way. */
async function attempt<Result>(action: () => Promise<Result>): Promise<Result | ImgauditError> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof ImgauditError && absences.has(error.code)) return error
    throw error
  }
}
