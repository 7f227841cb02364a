import { parentPort } from 'node:worker_threads'
import { ImgauditError } from '../error.ts'
import { unzstd } from './zstd.ts'
import { shareZstd } from './zstd-module.ts'
import type { Failure, FromThread, Input, Output, ToThread } from './zstd-thread-message.ts'

/** In bytes, and how many of them there are. A message can cost 0.1 ms, to wake the thread that gets it. */
const outputSize = 2 * 1024 * 1024
const outputsMost = 3

const inbox: (Input | { readonly kind: 'end' })[] = []
/** Input that is done with; it goes back with the next output. */
const taken: Input[] = []
/** Output buffers that are nowhere in use. */
const free: ArrayBuffer[] = []
let outputs = 0
const waiting: (() => void)[] = []

// The whole program of a thread: one stream after the other.
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'begin') {
    shareZstd(message.module)
    run().catch(error => send({ kind: 'failed', failure: failureOf(error) }))
  } else if (message.kind === 'used') free.push(message.bytes)
  else inbox.push(message)
  for (const wake of waiting.splice(0)) wake()
})

async function run(): Promise<void> {
  let output: Uint8Array<ArrayBuffer> | undefined
  let filled = 0
  let parts: Output['parts'][number][] = []
  let before = 0
  let consumed = 0
  const intake = {
    add: (_: number, now: number) => {
      before = consumed
      consumed = now
    },
  }
  for await (const part of unzstd(inputs(), intake)) {
    for (let at = 0; at < part.length; ) {
      output ??= await emptyOutput()
      const count = Math.min(part.length - at, outputSize - filled)
      output.set(part.subarray(at, at + count), filled)
      at += count
      filled += count
      parts.push([count, before + Math.round(((consumed - before) * at) / part.length)])
      if (filled < outputSize) continue
      sendOutput(output, filled, parts)
      output = undefined
      filled = 0
      parts = []
    }
  }
  if (output !== undefined) sendOutput(output, filled, parts)
  sendTaken()
  send({ kind: 'end' })
}

async function* inputs(): AsyncGenerator<Buffer> {
  for (;;) {
    const message = inbox.shift()
    if (message === undefined) {
      // More comes only where there is room for it.
      sendTaken()
      await change()
    } else if (message.kind === 'end') return
    else {
      yield Buffer.from(message.bytes, 0, message.length)
      taken.push(message)
    }
  }
}

async function emptyOutput(): Promise<Uint8Array<ArrayBuffer>> {
  while (free.length === 0 && outputs === outputsMost) await change()
  const bytes = free.pop()
  if (bytes === undefined) outputs++
  return new Uint8Array(bytes ?? new ArrayBuffer(outputSize))
}

/** Resolves with the next message. */
function change(): Promise<void> {
  return new Promise(resolve => waiting.push(resolve))
}

function sendOutput(output: Uint8Array<ArrayBuffer>, length: number, parts: Output['parts']): void {
  sendTaken()
  send({ kind: 'output', bytes: output.buffer, length, parts }, output.buffer)
}

function sendTaken(): void {
  for (const { bytes, length } of taken.splice(0)) send({ kind: 'taken', bytes, length }, bytes)
}

function send(message: FromThread, ...transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfer)
}

function failureOf(error: unknown): Failure {
  if (error instanceof ImgauditError) return { code: error.code, message: error.message, fix: error.fix }
  return error instanceof Error ? error : new Error(String(error))
}
