import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { skopeo } from './engines.ts'

/** A registry of this test, on loopback: what engines fetched from it is in its log. */
export interface Registry {
  /** `127.0.0.1:40123` */
  readonly host: string
  /** Pushes an archive under a name; layers are compressed as a push does. */
  push(archive: string, name: string): Promise<void>
  /** Digests of the blobs that were fetched since it was last asked, each as often as it was. */
  fetched(): readonly string[]
}

/** Debian's docker-registry (distribution 2.8). */
export async function startRegistry(folder: string): Promise<Registry> {
  const host = `127.0.0.1:${await freePort()}`
  const [config, log] = [join(folder, 'registry.json'), join(folder, 'registry.log')]
  const storage = { filesystem: { rootdirectory: join(folder, 'registry') } }
  writeFileSync(config, JSON.stringify({ version: 0.1, log: { formatter: 'json' }, storage, http: { addr: host } }))
  const server = spawn('sh', ['-c', 'exec docker-registry serve "$0" >"$1" 2>&1', config, log], { stdio: 'ignore' })
  onTestFinished(() => void server.kill())
  await answering(`http://${host}/v2/`)
  let seen = 0
  return {
    host,
    async push(archive, name) {
      await skopeo('copy', '-q', '--dest-tls-verify=false', `docker-archive:${archive}`, `docker://${host}/${name}`)
    },
    fetched() {
      const lines = readFileSync(log, 'utf8').split('\n')
      const fresh = lines.slice(seen, -1)
      seen = lines.length - 1
      return fresh.flatMap(line => /"GET \/v2\/[^ ]*\/blobs\/(sha256:[0-9a-f]{64}) [^"]*" 200/.exec(line)?.[1] ?? [])
    },
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(url)
        .then(answer => answer.ok)
        .catch(() => false)
    )
      return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`no registry answers at ${url}`)
}
