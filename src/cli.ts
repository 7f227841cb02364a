import { homedir } from 'node:os'
import { CommanderError } from 'commander'
import { failureOf } from './cli/failure.ts'
import { coloursOn, columnsOf, type Host } from './cli/host.ts'
import { print, tell } from './cli/print.ts'
import { type Jobs, parse } from './cli/program.ts'
import { usageError } from './cli/usage.ts'

export type { Host } from './cli/host.ts'

/**
 * Runs the command line: what a program may read goes to standard output, all else to standard error. Answers with the
 * exit code, once everything is written.
 */
export async function run(host: Host): Promise<number> {
  // A failed write is told to its callback; the event of the same error would end the process.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', () => {})
  try {
    return await execute(host)
  } catch (error) {
    const { text, exitCode } = await failureOf(error, host)
    await tell(host.stderr, text)
    return exitCode
  }
}

async function execute(host: Host): Promise<number> {
  let help = ''
  try {
    return await parse(host, jobsOf(host), text => {
      help += text
    })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageError(error)
    await print(host, help)
    return 0
  }
}

function jobsOf(host: Host): Jobs {
  const look = () => ({
    width: columnsOf(host.stdout),
    colour: coloursOn(host.stdout, host.env, !host.argv.includes('--no-color')),
  })
  return {
    async image(reference, options) {
      const { reportOn } = await import('./cli/report-on.ts')
      return reportOn(host, options, reference, async () => ({ reference }))
    },
    async packages(reference, options) {
      const { reportOn } = await import('./cli/report-on.ts')
      const { packageFormats } = await import('./report/packages.ts')
      return reportOn(host, options, reference, async () => ({ reference }), packageFormats)
    },
    async why(reference, path, options) {
      const { why } = await import('./cli/why.ts')
      return why(host, reference, path, options)
    },
    async compare(before, after, options) {
      const { compareImages } = await import('./cli/compare.ts')
      return compareImages(host, before, after, options)
    },
    async trend(reports, options) {
      const { trend } = await import('./cli/trend.ts')
      return trend(host, reports, options)
    },
    async init() {
      const { init } = await import('./cli/init.ts')
      await print(host, await init(host))
      return 0
    },
    async demo(keep, options) {
      const { runDemo } = await import('./cli/run-demo.ts')
      return runDemo(host, keep, options)
    },
    async rules() {
      const { listRules } = await import('./cli/rules.ts')
      await print(host, listRules(look()))
      return 0
    },
    async explain(rule) {
      const { explainRule } = await import('./cli/rules.ts')
      await print(host, explainRule(rule, look()))
      return 0
    },
    async gpus() {
      const { listGpus } = await import('./cli/gpus.ts')
      await print(host, listGpus(look()))
      return 0
    },
    async cache() {
      const { showCache } = await import('./cli/cache.ts')
      await print(host, showCache(host, look()))
      return 0
    },
    async clearCache() {
      const { clearCache } = await import('./cli/cache.ts')
      await print(host, clearCache(host))
      return 0
    },
    async completion(shell, program) {
      const { completionScript } = await import('./cli/completion.ts')
      await print(host, completionScript(program, shell))
      return 0
    },
    async man(program) {
      const { manPage } = await import('./cli/man.ts')
      await print(host, manPage(program))
      return 0
    },
    async help(text) {
      await tell(host.stderr, text)
      return 2
    },
  }
}

/** The process as a host, which from now on the first Ctrl-C does not end. */
export function hostOf(process: NodeJS.Process): Host {
  // What libraries print of their requests has in it what logs in to registries (docker-modem, with DEBUG=modem or *).
  delete process.env.DEBUG
  const stop = new AbortController()
  const listener = () => {
    for (const signal of interruptions) process.off(signal, listener)
    stop.abort()
  }
  for (const signal of interruptions) process.on(signal, listener)
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    homedir: homedir(),
    now: () => new Date(),
    // Opened when it is asked for: to open it can wait for a terminal.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  }
}

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
