import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { scratch } from '../source/open.ts'

/** What goes wrong with an answer. */
export type Fault =
  | 'nothing comes' // the question is taken, and never answered
  | 'headers come' // and no body
  | 'half of it comes' // and then nothing
  | 'it drips' // byte for byte at first, then all of it
  | 'it is hung up on' // in the middle
  | 'it is reset' // in the middle
  | 'it is no HTTP'
  | 'it is too short' // for its Content-Length
  | 'a chunk is missing' // the last one, which ends the body

/** An engine between which and its client something goes wrong. */
export interface FaultyEngine {
  readonly env: { readonly DOCKER_HOST: string }
  /** Questions, without the version, as they came: `GET /info`. */
  readonly asked: string[]
  /** Connections that are open now. */
  open(): number
}

/** Milliseconds between two bytes that drip, and how many do. */
const drip = { interval: 250, bytes: 8 }

/** Hands questions on to an engine, and answers back; of the first `at` asks for, the answer has the fault. */
export async function faultyEngine(
  engine: { readonly DOCKER_HOST: string },
  at: RegExp,
  fault: Fault,
): Promise<FaultyEngine> {
  const behind = engine.DOCKER_HOST.replace('unix://', '')
  const asked: string[] = []
  const open = new Set<Socket>()
  let faulty: string | undefined
  const server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    socket.once('data', (head: Buffer) => {
      const question = questionOf(head)
      asked.push(question)
      if (at.test(question)) faulty ??= question
      const hand = faulty === question ? (answer: Buffer) => answerBadly(socket, answer, fault) : undefined
      handOn(socket, head, behind, hand)
    })
  })
  const place = join(scratch(), 'engine.sock')
  await new Promise<void>(resolve =>
    fault === 'it is reset' ? server.listen(0, '127.0.0.1', resolve) : server.listen(place, resolve),
  )
  const address = server.address()
  const host = typeof address === 'object' ? `tcp://127.0.0.1:${address?.port}` : `unix://${place}`
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { env: { DOCKER_HOST: host }, asked, open: () => open.size }
}

/** `GET /images/app:1/json` */
function questionOf(head: Buffer): string {
  const [method, target = ''] = head.toString('latin1').split(' ', 2)
  return `${method} ${decodeURIComponent(new URL(target, 'http://engine').pathname).replace(/^\/v[\d.]+/, '')}`
}

/** Answers as they come, or all of an answer at once. */
function handOn(socket: Socket, head: Buffer, behind: string, whole: ((answer: Buffer) => void) | undefined): void {
  const engine = connect(behind)
  engine.write(head)
  socket.pipe(engine)
  socket.on('close', () => engine.destroy())
  engine.on('error', () => socket.destroy())
  if (whole === undefined) {
    engine.pipe(socket)
    return
  }
  const pieces: Buffer[] = []
  engine.on('data', (piece: Buffer) => pieces.push(piece))
  engine.on('end', () => whole(Buffer.concat(pieces)))
}

function answerBadly(socket: Socket, answer: Buffer, fault: Fault): void {
  const body = answer.indexOf('\r\n\r\n') + 4
  const middle = body + Math.floor((answer.length - body) / 2)
  switch (fault) {
    case 'nothing comes':
      return
    case 'headers come':
      socket.write(answer.subarray(0, body))
      return
    case 'half of it comes':
      socket.write(answer.subarray(0, middle))
      return
    case 'it drips':
      dripping(socket, answer, body)
      return
    case 'it is hung up on':
      socket.end(answer.subarray(0, middle))
      return
    case 'it is reset':
      socket.write(answer.subarray(0, middle), () => void socket.resetAndDestroy())
      return
    case 'it is no HTTP':
      socket.end('220 mail.example ESMTP\r\n')
      return
    case 'it is too short':
      socket.end(withLength(answer, body, 1))
      return
    case 'a chunk is missing':
      socket.end(chunked(answer, body))
      return
  }
}

/** The headers, the first bytes of the body one after the other, then the rest. */
function dripping(socket: Socket, answer: Buffer, body: number): void {
  const starts = [0, ...Array.from({ length: drip.bytes }, (_, at) => body + at)]
  const step = (turn: number) => {
    if (socket.destroyed) return
    const [from = 0, to = answer.length] = [starts[turn], starts[turn + 1]]
    if (turn === starts.length - 1) socket.end(answer.subarray(from))
    else socket.write(answer.subarray(from, to), () => setTimeout(step, drip.interval, turn + 1))
  }
  step(0)
}

/** The answer, as if its body had so many bytes more. */
function withLength(answer: Buffer, body: number, more: number): Buffer {
  const content = bodyOf(answer, body)
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length + more}\r\n\r\n`), content])
}

/** The answer in one chunk, and no chunk behind it. */
function chunked(answer: Buffer, body: number): Buffer {
  const content = bodyOf(answer, body)
  const head = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${content.length.toString(16)}\r\n`
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n')])
}

/** The engines of these tests end an answer in one piece, or in one chunk. */
function bodyOf(answer: Buffer, body: number): Buffer {
  if (!/chunked/i.test(answer.subarray(0, body).toString('latin1'))) return answer.subarray(body)
  const begin = answer.indexOf('\r\n', body) + 2
  return answer.subarray(begin, begin + Number.parseInt(answer.subarray(body, begin).toString('latin1'), 16))
}
