import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * @typedef {object} Row A command to time.
 * @property {string} name
 * @property {string} command for bash
 * @property {string} [before] for bash, not timed: what makes a run cold
 * @property {number} [daemon] id of the engine's process, whose CPU time and writing count too
 *
 * @typedef {{ wall: number, cpu: number, memory: number, written: number }} Sample seconds, seconds, bytes, bytes
 */

/**
 * Times commands side by side: each round runs all of them once, so that a slow minute of the machine is everybody's. The
 * first round is not counted.
 * @param {readonly Row[]} rows
 * @param {number} runs
 * @returns {Map<Row, Sample[]>}
 */
export function measureAll(rows, runs) {
  const samples = new Map(rows.map(row => [row, /** @type {Sample[]} */ ([])]))
  for (let round = 0; round <= runs; round++) {
    for (const row of rows) {
      const sample = measure(row)
      if (round > 0) samples.get(row)?.push(sample)
      process.stderr.write(`${round}/${runs} ${row.name}: ${sample.wall.toFixed(2)} s\n`)
    }
  }
  return samples
}

/**
 * Runs a command once. GNU time counts what the command and its children used; what an engine does for it is counted at
 * the engine's process.
 * @param {Row} row
 * @returns {Sample}
 */
function measure({ command, before, daemon }) {
  if (before !== undefined) run(before)
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-bench.'))
  const out = join(folder, 'time')
  try {
    const engine = daemon === undefined ? idle : used(daemon)
    const from = performance.now()
    const { status, stderr } = spawnSync(
      '/usr/bin/time',
      ['-q', '-o', out, '-f', '%U %S %M %O', 'bash', '-c', command],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      },
    )
    const wall = (performance.now() - from) / 1000
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim().slice(-500)}`)
    const after = daemon === undefined ? idle : used(daemon)
    const [user = 0, system = 0, kilobytes = 0, blocks = 0] = readFileSync(out, 'utf8').trim().split(' ').map(Number)
    return {
      wall,
      cpu: user + system + after.cpu - engine.cpu,
      memory: kilobytes * 1024,
      written: blocks * 512 + after.written - engine.written,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const idle = { cpu: 0, written: 0 }

/** What a process has used so far, proc(5); a clock tick is 10 ms. @param {number} pid */
function used(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const written = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, written: Number(written) }
}

/** Runs a command of bash, and fails when it does; answers with what it printed. @param {string} command */
export function run(command) {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim().slice(-500)}`)
  return stdout.trim()
}

/**
 * One table in markdown: medians, with the smallest and the largest behind the wall time.
 * @param {Map<Row, Sample[]>} samples
 */
export function table(samples) {
  const lines = [
    '| command | wall s, median (min–max) | CPU s | peak memory | written to disk |',
    '|---|--:|--:|--:|--:|',
  ]
  for (const [{ name }, all] of samples) {
    const walls = all.map(sample => sample.wall)
    const spread = `(${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)})`
    const [cpu, memory, written] = ['cpu', 'memory', 'written'].map(key =>
      median(all.map(sample => sample[/** @type {keyof Sample} */ (key)])),
    )
    lines.push(
      `| ${name} | ${median(walls).toFixed(2)} ${spread} | ${cpu?.toFixed(2)} | ${megabytes(memory ?? 0)} | ${megabytes(written ?? 0)} |`,
    )
  }
  return lines.join('\n')
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes < 500_000 ? '0' : `${Math.round(bytes / 1e6)} MB`
}
