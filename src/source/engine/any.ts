import { type ErrorCode, ImgauditError } from '../../error.ts'
import type { Image } from '../../image/image.ts'
import { dockerEngine } from '../docker.ts'
import { podmanEngine } from '../podman/engine.ts'
import { lookInPodmanStore, podman } from '../podman.ts'
import type { OpenOptions } from '../source.ts'
import type { EngineClient } from './client.ts'
import { connect, diffIdsFrom, openFrom } from './engine.ts'
import { inspect } from './inspect.ts'
import type { EngineKind } from './kind.ts'

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
  const openStored = async (notices: Image['notices']) => {
    const image = await podman.open(name, options)
    return { ...image, notices: [...image.notices, ...notices] }
  }
  return ask(openFrom, openStored, name, options, looked)
}

/** Diff IDs of an image by its bare name, found as `openFromAnyEngine` does. */
export function diffIdsFromAnyEngine(name: string, options: OpenOptions, looked: string): Promise<readonly string[]> {
  return ask(diffIdsFrom, () => podman.diffIds(name, options), name, options, looked)
}

async function ask<Result extends object>(
  request: Request<Result>,
  stored: (notices: Image['notices']) => Promise<Result>,
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
  const notices = [{ code: 'podman-used', message: `Docker does not answer, so this is Podman's ${name}` }]
  const store = await lookInPodmanStore(name, options)
  if (store.found) return stored(notices)
  const inStore = store.failure === undefined ? [] : [store.failure.message]
  const podmanSilence = await attempt(() => connect(podmanEngine, options))
  if (!(podmanSilence instanceof ImgauditError)) {
    if (await has(podmanSilence, name)) return request(podmanEngine, podmanSilence, name, options, notices)
    throw unknown(
      name,
      [looked, dockerSilence.message, ...inStore, `Podman has no image ${name}`],
      `podman:${name} has Podman pull it`,
    )
  }
  // A socket that is there, and may not be used, is the one thing to be told about.
  if (dockerSilence.code === 'ENGINE_DENIED') throw dockerSilence
  throw unknown(
    name,
    [looked, dockerSilence.message, ...inStore, podmanSilence.message],
    'start the engine that has it',
  )
}

/** Whether an engine has an image; where it does not, nothing more is asked of it. */
async function has(client: EngineClient, name: string): Promise<boolean> {
  let found = false
  try {
    found = (await inspect(client, name)) !== undefined
    return found
  } finally {
    if (!found) client.close()
  }
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
