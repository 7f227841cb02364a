import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { readyZstd, shareZstd, unloadable } from './zstd-module.ts'

/** In milliseconds; it takes 100. */
const patience = 30_000

/** As text, since where the sources run uncompiled there are no files of programs. */
const program = `
const { workerData: { address, port, done } } = require('node:worker_threads')
async function compile() {
  const { ZSTDDecoder } = await import(address)
  await new (class extends ZSTDDecoder { _init({ module }) { port.postMessage(module) } })().init()
}
compile().catch(() => {}).finally(() => { Atomics.store(done, 0, 1); Atomics.notify(done, 0) })
`

/**
 * The decoder compiled, for who cannot wait for a promise: zstddec compiles by promises alone, so a thread does it while
 * this one stands still. Once in a process, 100 ms. Throws COMPRESSION_UNKNOWN where it cannot be loaded.
 */
export function compileZstdNow(): object {
  const module = readyZstd() ?? compileElsewhere()
  shareZstd(module)
  return module
}

function compileElsewhere(): object {
  const address = pathToFileURL(createRequire(import.meta.url).resolve('zstddec/stream')).href
  const { port1, port2 } = new MessageChannel()
  const done = new Int32Array(new SharedArrayBuffer(4))
  const workerData = { address, port: port2, done }
  const thread = new Worker(program, { eval: true, execArgv: [], workerData, transferList: [port2] })
  thread.unref()
  thread.on('error', () => {})
  Atomics.wait(done, 0, 0, patience)
  const received = receiveMessageOnPort(port1)
  port1.close()
  void thread.terminate()
  if (received === undefined) throw unloadable()
  return received.message
}
