import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keep, root } from './corpus.ts'
import { minimise } from './minimise.ts'

/**
 * Feeds every reader with inputs that nobody means, for FUZZ_MINUTES (10 unless told), in a process of its own each, which may
 * have so much memory and stand still for so long. FUZZ_TARGETS names some of them, FUZZ_SEED repeats a run. What is found is
 * kept in fixtures/fuzz, where `npm test` reads it again.
 */
const minutes = Number(process.env.FUZZ_MINUTES ?? 10)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
const wanted = process.env.FUZZ_TARGETS?.split(',')

/** Mebibytes of the heap, and bytes of all that a process holds. */
const heap = 768
const memory = 2 * 1024 ** 3
/** Milliseconds that one input may take by the clock. */
const patience = 60_000

const worker = fileURLToPath(new URL('worker.js', import.meta.url))
// The version is read out of the package.json above the sources.
cpSync(join(root, 'package.json'), fileURLToPath(new URL('../../package.json', import.meta.url)))
const { targets } = await import('./targets.ts')
const chosen = targets.map(({ name }) => name).filter(name => wanted === undefined || wanted.includes(name))
const folder = mkdtempSync(join(tmpdir(), 'imgaudit-fuzz-'))
const caseFile = join(folder, 'case')

interface Outcome {
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** Why it was ended, or ended by itself before its time. */
  readonly end: string | undefined
}

function work(name: string, seconds: number, turn: number): Promise<Outcome> {
  const args = [`--max-old-space-size=${heap}`, worker, name, caseFile, String(seconds), String(turn)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, errors] = ['', '']
  child.stdout.on('data', chunk => {
    out += chunk
  })
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  let ended: string | undefined
  let since = Date.now()
  const watch = setInterval(() => {
    if (existsSync(caseFile)) since = Math.max(since, seconds === 0 ? 0 : statSync(caseFile).mtimeMs)
    if (Date.now() - since > patience) ended ??= 'it stands still'
    else if (residentOf(child.pid) > memory) ended ??= 'it takes too much memory'
    if (ended !== undefined) child.kill('SIGKILL')
  }, 500)
  return new Promise(resolve =>
    child.on('close', (code, signal) => {
      clearInterval(watch)
      const lines = out.split('\n').filter(Boolean)
      const failure = code === 0 ? undefined : `it ended with ${signal ?? code}: ${errors.trim().split('\n').at(-1)}`
      resolve({ lines: lines.map(line => JSON.parse(line)), end: ended ?? failure })
    }),
  )
}

/** Bytes, where the system says. */
function residentOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Keeps the input that ended a process. */
async function killed(name: string, why: string): Promise<void> {
  const fails = async (bytes: Buffer) => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(caseFile, bytes)
    return (await work(name, 0, 0)).end !== undefined
  }
  const small = await minimise(readFileSync(caseFile), fails, 120)
  console.log(`${name}: ${why}\n  ${small.length} bytes: ${keep(name, small)}`)
}

const started = Date.now()
const cases = new Map<string, number>()
let findings = 0
console.log(`seed ${seed}, ${minutes} minutes, ${chosen.length} targets`)
const slice = Math.max(2, Math.min(30, (minutes * 60) / chosen.length))
for (let turn = 0; Date.now() - started < minutes * 60_000; turn++) {
  const name = chosen[turn % chosen.length] ?? ''
  const { lines, end } = await work(name, slice, seed + turn * 1_000_000)
  for (const line of lines) {
    if (typeof line.cases === 'number') cases.set(name, (cases.get(name) ?? 0) + line.cases)
    else {
      findings++
      console.log(`${line.finding}\n  ${line.bytes} bytes: ${line.path}\n  ${line.stack ?? ''}`)
    }
  }
  if (end !== undefined) {
    findings++
    await killed(name, end)
  }
}
rmSync(folder, { recursive: true, force: true })
for (const [name, count] of cases) console.log(`${name.padEnd(28)} ${String(count).padStart(9)} inputs`)
console.log(`${findings} findings`)
process.exitCode = findings === 0 ? 0 : 1
