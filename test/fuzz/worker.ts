import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import fc from 'fast-check'
import { corpusOf, keep } from './corpus.ts'
import { inputs } from './input.ts'
import { Finding, judge } from './judge.ts'
import { minimise } from './minimise.ts'
import { removeScratch } from './surroundings.ts'
import { targets } from './targets.ts'

/**
 * Feeds one target for some seconds, or one input out of a file: `worker.js <target> <case file> <seconds> <seed>`. The case
 * file always has the input that is being read, for who watches this process end or stand still. What it found, and how many
 * inputs it read, are lines of JSON on standard output.
 */
const [name = '', caseFile = '', seconds = '0', seed = '0'] = process.argv.slice(2)
const target = targets.find(one => one.name === name)
if (target === undefined) throw new Error(`there is no target ${name}`)
/** Inputs that fast-check makes of one seed. */
const batch = 25
let current: Buffer = Buffer.alloc(0)
let stray: unknown

for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, error => {
    stray = error
  })

try {
  if (Number(seconds) === 0) await replay()
  else await feed()
  process.exitCode = 0
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
removeScratch()
// Timers and threads of what was cut short are not waited for.
process.exit()

/** What it throws, a stray error of it too. */
async function findingOf(bytes: Buffer): Promise<Finding | undefined> {
  if (target === undefined) return undefined
  stray = undefined
  try {
    await judge(target, bytes)
    await new Promise(setImmediate)
  } catch (error) {
    if (error instanceof Finding) return error
    throw error
  }
  return stray === undefined ? undefined : new Finding(target, `stray: ${stray}`)
}

async function replay(): Promise<void> {
  const finding = await findingOf(readFileSync(caseFile))
  if (finding !== undefined) throw finding
}

async function feed(): Promise<void> {
  if (target === undefined) return
  const known = new Set<string>()
  for (const { bytes } of corpusOf(name)) {
    const finding = await findingOf(bytes)
    if (finding !== undefined) known.add(finding.signature)
  }
  const arbitrary = await inputs(target)
  const end = performance.now() + Number(seconds) * 1000
  const file = openSync(caseFile, 'w')
  let cases = 0
  for (let turn = Number(seed); performance.now() < end; turn++) {
    for (const bytes of fc.sample(arbitrary, { seed: turn, numRuns: batch })) {
      if (performance.now() > end) break
      cases++
      current = bytes
      ftruncateSync(file)
      writeSync(file, bytes, 0, bytes.length, 0)
      const finding = await findingOf(bytes)
      if (finding === undefined || known.has(finding.signature)) continue
      known.add(finding.signature)
      await found(finding)
    }
  }
  closeSync(file)
  say({ cases })
}

async function found(finding: Finding): Promise<void> {
  const fails = async (bytes: Buffer) => (await findingOf(bytes))?.signature === finding.signature
  const small = await minimise(current, fails, 20)
  const { cause } = finding
  const stack = cause instanceof Error ? cause.stack : undefined
  say({ finding: finding.message, path: keep(name, small), bytes: small.length, stack })
}

function say(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}
