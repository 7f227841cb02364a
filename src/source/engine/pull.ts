import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject, part, text } from '../../image/document.ts'
import { parsePlatform } from '../../image/platform.ts'
import { splitName } from '../../image/reference.ts'
import type { OpenOptions } from '../source.ts'
import { type EngineClient, EngineRefusal } from './client.ts'
import { type RegistryAuth, registryAuth, withoutAuth } from './registry-auth.ts'

/**
 * Has the engine pull an image. Throws EngineRefusal with the engine's sentence when it cannot, and ENGINE_FAILED when
 * it stops half-way.
 */
export async function pull(title: string, client: EngineClient, name: string, options: OpenOptions): Promise<void> {
  const { repository, tag, digest } = splitName(name)
  const parameters: Record<string, string> = { fromImage: repository, tag: digest ?? tag ?? 'latest' }
  if (options.platform !== undefined) {
    const { os, architecture, variant } = parsePlatform(options.platform)
    parameters.platform = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
  }
  const auth = await registryAuth(repository, options)
  if (auth !== undefined) checkUnprinted(auth, options)
  try {
    await fetchAll(title, client, name, parameters, auth, options)
  } catch (error) {
    // Registries and proxies quote what they refuse.
    throw error instanceof EngineRefusal ? new EngineRefusal(error.status, withoutAuth(error.message, auth)) : error
  }
}

/** Node prints headers and what goes through sockets where it is asked to, and cannot be told to stop. */
function checkUnprinted({ serveraddress }: RegistryAuth, { env }: OpenOptions): void {
  const { NODE_DEBUG: printed = '' } = env
  if (!/http|net|stream|tls|\*/i.test(printed)) return
  throw new ImgauditError(
    'USAGE',
    `NODE_DEBUG=${printed} would print what logs in to ${serveraddress}`,
    'unset NODE_DEBUG, or have the engine pull the image before',
  )
}

async function fetchAll(
  title: string,
  client: EngineClient,
  name: string,
  parameters: Readonly<Record<string, string>>,
  auth: RegistryAuth | undefined,
  options: OpenOptions,
): Promise<void> {
  options.progress?.begin(`${title} is pulling ${name}`)
  try {
    const fetched = new Map<string, number>()
    for await (const line of lines(await client.stream('POST', '/images/create', parameters, auth))) {
      // The status is 200 by then, whatever happens.
      const error = text(part(line, 'errorDetail'), 'message') ?? text(line, 'error')
      if (error !== undefined) throw new EngineRefusal(200, error)
      report(line, fetched, options)
    }
  } finally {
    options.progress?.end()
  }
}

function report(line: JsonObject, fetched: Map<string, number>, { progress }: OpenOptions): void {
  const current = part(line, 'progressDetail')?.current
  const id = text(line, 'id')
  const status = text(line, 'status')
  if (typeof current !== 'number' || id === undefined) return
  if (status === 'Extracting') progress?.advance(0, `unpacking layer ${id}`)
  if (status !== 'Downloading') return
  progress?.advance(Math.max(0, current - (fetched.get(id) ?? 0)), `layer ${id}`)
  fetched.set(id, Math.max(current, fetched.get(id) ?? 0))
}

/** One JSON object a line. */
async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonObject> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const complete = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = complete.pop() ?? ''
    for (const line of complete) if (line.trim() !== '') yield parsed(line)
  }
  if (rest.trim() !== '') yield parsed(rest)
}

function parsed(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line)
    if (isObject(value)) return value
  } catch {
    // Falls through to the error below.
  }
  const fix = 'run the same command again; when it stays, look into the log of the engine'
  throw new ImgauditError(
    'ENGINE_FAILED',
    `the engine answered the pull with ${JSON.stringify(line.slice(0, 80))}`,
    fix,
  )
}
