import { spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { Duplex } from 'node:stream'
import type { OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'

/**
 * Connections to an engine behind SSH, made as the docker CLI makes them: by the user's own ssh, with its keys, known
 * hosts and configuration, and the engine's client over there, which connects its standard input and output.
 */
export function sshAgent(program: 'docker' | 'podman', address: EngineAddress, env: OpenOptions['env']): Agent {
  const { host = '', port, username, path } = address
  const args = [
    ...['-o', 'ConnectTimeout=30', '-T'],
    ...(username === undefined ? [] : ['-l', username]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['--', host, program],
    ...(path === undefined ? [] : [program === 'docker' ? '--host' : '--url', `unix://${path}`]),
    ...['system', 'dial-stdio'],
  ]
  const agent = new Agent({ keepAlive: false })
  agent.createConnection = () => connection(args, env)
  return agent
}

function connection(args: readonly string[], env: OpenOptions['env']): Duplex {
  const ssh = spawn('ssh', args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  const stream = new Duplex({
    read: () => void ssh.stdout.resume(),
    // That ssh reads no more is told by how it ends.
    write: (chunk: Buffer, _, done) => void ssh.stdin.write(chunk, () => done()),
    final: done => void ssh.stdin.end(() => done()),
    destroy(error, done) {
      ssh.kill()
      done(error)
    },
  })
  ssh.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) ssh.stdout.pause()
  })
  ssh.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000)
  })
  ssh.stdin.on('error', () => {})
  ssh.once('error', error => stream.destroy(error))
  // Its output ends before it does: only then it is known whether all came.
  ssh.once('close', code => {
    if (code === 0) stream.push(null)
    else stream.destroy(new Error(lastLine(said) ?? `ssh ended with ${code}`))
  })
  return stream
}

/** What ssh says last is why it ended. */
function lastLine(text: string): string | undefined {
  return text.trim().split(/\r?\n/).at(-1) || undefined
}
