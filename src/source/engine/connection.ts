import { Agent } from 'node:http'
import type Dockerode from 'dockerode'
import type { OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'
import { sshAgent } from './ssh.ts'

/** A way to ask an engine, which knows no version of its API. */
export interface Connection {
  readonly docker: Dockerode
  /** What has all of its sockets. */
  readonly agent: Agent
}

/** `program`: the engine's client, which connects behind SSH. Nothing is dialled yet. */
export async function connection(
  program: 'docker' | 'podman',
  address: EngineAddress,
  env: OpenOptions['env'],
): Promise<Connection> {
  // The slowest import of the program (150 ms), for those only who audit what an engine has.
  const { default: Docker } = await import('dockerode')
  const agent = await agentOf(program, address, env)
  // docker-modem's own SSH knows no hosts, no key files and no configuration, and dies of its URLs from Node 26 on.
  const throughSsh = address.protocol === 'ssh'
  // Every field is given, undefined included: docker-modem fills what is left out from this process's own DOCKER_HOST.
  const options = {
    socketPath: address.socketPath,
    host: throughSsh ? 'localhost' : address.host,
    port: throughSsh ? undefined : address.port,
    protocol: throughSsh ? 'http' : (address.protocol ?? 'http'),
    username: undefined,
    timeout: undefined,
    agent,
    ca: address.tls?.ca,
    cert: address.tls?.cert,
    key: address.tls?.key,
    pathPrefix: '/',
  }
  return { docker: new Docker(options as Dockerode.DockerOptions), agent }
}

/** A connection for each request: one that was kept may have been hung up on while this process was busy. */
async function agentOf(program: 'docker' | 'podman', address: EngineAddress, env: OpenOptions['env']): Promise<Agent> {
  if (address.protocol === 'ssh') return sshAgent(program, address, env)
  if (address.protocol !== 'https') return new Agent({ keepAlive: false })
  const https = await import('node:https')
  return new https.Agent({ keepAlive: false })
}
