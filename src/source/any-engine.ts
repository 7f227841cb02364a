import { type ErrorCode, ImgauditError } from '../error.ts'
import type { Image } from '../image/image.ts'
import { dockerEngine } from './docker.ts'
import { connect, diffIdsFrom, openFrom } from './engine.ts'
import type { EngineClient } from './engine-client.ts'
import { inspect } from './engine-inspect.ts'
import type { EngineKind } from './engine-kind.ts'
import { podmanEngine } from './podman.ts'
import type { OpenOptions } from './source.ts'

const absences: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ENGINE_UNREACHABLE', 'ENGINE_DENIED', 'IMAGE_MISSING'])

/** What is wanted of an engine that has the image. */
type Request<Result> = (
  kind: EngineKind,
  client: EngineClient,
  name: string,
  options: OpenOptions,
  notices?: Image['notices'],
) => Promise<Result>

/**
 * Opens an image by its bare name: Docker's, or Podman's where Docker does not answer and Podman has it. Throws
 * REFERENCE_UNKNOWN, saying all that was looked for; `looked` is what was looked for before.
 */
export function openFromAnyEngine(name: string, options: OpenOptions, looked: string): Promise<Image> {
  return ask(openFrom, name, options, looked)
}

/** Diff IDs of an image by its bare name, found as `openFromAnyEngine` does. */
export function diffIdsFromAnyEngine(name: string, options: OpenOptions, looked: string): Promise<readonly string[]> {
  return ask(diffIdsFrom, name, options, looked)
}

async function ask<Result extends object>(
  request: Request<Result>,
  name: string,
  options: OpenOptions,
  looked: string,
): Promise<Result> {
  const dockerSilence = await attempt(() => connect(dockerEngine, options))
  if (!(dockerSilence instanceof ImgauditError)) {
    const answer = await attempt(() => request(dockerEngine, dockerSilence, name, options))
    if (!(answer instanceof ImgauditError)) return answer
    if (answer.code !== 'IMAGE_MISSING') throw answer
    throw new ImgauditError(answer.code, `${answer.message}; ${looked}`, answer.fix, { cause: answer })
  }
  const podmanSilence = await attempt(() => connect(podmanEngine, options))
  if (!(podmanSilence instanceof ImgauditError)) {
    const has = (await inspect(podmanSilence, name)) !== undefined
    if (has) {
      const message = `Docker does not answer, so this is Podman's ${name}`
      return request(podmanEngine, podmanSilence, name, options, [{ code: 'podman-used', message }])
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
