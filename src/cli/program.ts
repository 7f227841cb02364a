import { Argument, Command } from 'commander'
import { version } from '../version.ts'
import { type Shell, shells } from './completion/shell.ts'
import { examples } from './examples.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import { addOptions, reportOptions } from './options.ts'
import { refuse, refuses } from './refused.ts'
import type { ReportOptions } from './report-options.ts'
import { everyGpu } from './usage.ts'

/** What each command does; answers with the exit code. */
export interface Jobs {
  image(reference: string, options: ReportOptions): Promise<number>
  /** Prints what packages an image has, and what its layers made of them. */
  packages(reference: string, options: ReportOptions): Promise<number>
  /** Says why an image has a path. */
  why(reference: string, path: string, options: ReportOptions): Promise<number>
  /** Compares two images, or stored reports of them. */
  compare(before: string, after: string, options: ReportOptions): Promise<number>
  /** Lines stored reports up. */
  trend(reports: readonly string[], options: ReportOptions): Promise<number>
  /** Writes a configuration. */
  init(): Promise<number>
  demo(keep: string | undefined, options: ReportOptions): Promise<number>
  rules(): Promise<number>
  explain(rule: string): Promise<number>
  /** Lists the GPUs that `--gpu` knows. */
  gpus(): Promise<number>
  /** Shows the layer cache. */
  cache(): Promise<number>
  clearCache(): Promise<number>
  /** Prints what completes the commands in a shell. */
  completion(shell: Shell, program: Command): Promise<number>
  /** Prints the commands as a man page. */
  man(program: Command): Promise<number>
  /** No image was named. */
  help(text: string): Promise<number>
}

/** Parses the command line and does what it says. Throws CommanderError for help, the version and bad usage. */
export async function parse(host: Host, jobs: Jobs, write: (text: string) => void): Promise<number> {
  let exitCode = 0
  /** What was asked for of an image, unless it is the list of GPUs. */
  const auditing = async (job: (options: ReportOptions) => Promise<number>) => {
    const listsGpus = reportOptions(program).gpu?.includes(everyGpu) === true
    exitCode = listsGpus ? await jobs.gpus() : await job(reportOptions(program))
  }
  const program: Command = new Command('imgaudit')
    .exitOverride()
    .configureOutput({
      writeOut: write,
      // What is wrong is said once, by whoever catches the error.
      writeErr: () => {},
      getOutHelpWidth: () => columnsOf(host.stdout),
      getOutHasColors: () => coloursOn(host.stdout, host.env, true),
    })
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: command =>
        command === program ? [] : program.options.filter(option => stands(nameOf(command), option.attributeName())),
    })
    .hook('preAction', (_, command) => refuse(nameOf(command), program))
    .usage('<image> [options]')
    .description(
      'Says where every byte of a built container image went and why, and what can go, how, and what would break.',
    )
    .argument(
      '[image]',
      'name:tag, ID, app.tar, folder, a stored report.json, - for standard input; a prefix forces what it is: docker:, podman:, containerd:, containers-storage:, docker-archive:, oci-archive:, oci:',
    )

  addOptions(program)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('after', afterHelp)
    .action((image: string | undefined) =>
      auditing(options =>
        image === undefined
          ? jobs.help(`${program.helpInformation({ error: true })}${afterHelp}\n`)
          : jobs.image(image, options),
      ),
    )

  program
    .command('compare')
    .description('say what made an image bigger: each side an image, or a stored report.json')
    .argument('<before>', 'name:tag, ID, app.tar, folder or report.json')
    .argument('<after>', 'the same')
    .action((before: string, after: string) => auditing(options => jobs.compare(before, after, options)))
  program
    .command('trend')
    .description('line stored reports up: size by cause over them')
    .argument('<reports...>', 'what -o report.json wrote')
    .action((reports: readonly string[]) => auditing(options => jobs.trend(reports, options)))
  program
    .command('packages')
    .description('list the packages of an image: their bytes, and which layer installed, changed or removed them')
    .argument('<image>', 'name:tag, ID, app.tar, folder: see imgaudit --help')
    .action((image: string) => auditing(options => jobs.packages(image, options)))
  program
    .command('why')
    .description('say why an image has a file: who brought it, who owns and loads it, who claims it')
    .argument('<image>', 'name:tag, ID, app.tar, folder: see imgaudit --help')
    .argument('<path>', 'of the file, as the container sees it; hidden ones too')
    .action((image: string, path: string) => auditing(options => jobs.why(image, path, options)))
  program
    .command('rules')
    .description('list what it looks for')
    .action(async () => {
      exitCode = await jobs.rules()
    })
  program
    .command('explain')
    .description('say why something is waste, how to fix it, when to keep it')
    .argument('<rule>', 'a rule of imgaudit rules')
    .action(async (rule: string) => {
      exitCode = await jobs.explain(rule)
    })
  program
    .command('demo')
    .description('make a small image with one of every waste, and audit it')
    .option('--keep <file>', 'leave the image there, for docker load')
    .action(({ keep }: { readonly keep?: string }) => auditing(options => jobs.demo(keep, options)))
  program
    .command('init')
    .description('write an imgaudit.config.yaml, with everything that it can say')
    .action(async () => {
      exitCode = await jobs.init()
    })
  const cache = program
    .command('cache')
    .description('show what is kept of layers that were read; cache clear removes all of it')
    .action(async () => {
      exitCode = await jobs.cache()
    })
  cache
    .command('clear')
    .description('remove all of it')
    .action(async () => {
      exitCode = await jobs.clearCache()
    })
  program
    .command('completion')
    .description('print what completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which').choices(shells))
    .action(async (shell: Shell) => {
      exitCode = await jobs.completion(shell, program)
    })
  program
    .command('man')
    .description('print all of this as a man page')
    .action(async () => {
      exitCode = await jobs.man(program)
    })

  await program.parseAsync([...host.argv], { from: 'user' })
  return exitCode
}

/** Whether the help of a command has an option of the program. */
function stands(command: string, option: string): boolean {
  return option !== 'version' && !refuses(command, option)
}

/** `cache clear`; of the program its own. */
function nameOf(command: Command): string {
  const above = command.parent
  return above?.parent ? `${nameOf(above)} ${command.name()}` : command.name()
}

const afterHelp = `
Examples:
${examples.map(([line, what]) => `  ${line.padEnd(40)}${what}`.trimEnd()).join('\n')}

Exit codes: 0 audited, 1 over a limit, 2 bad usage, 3 the image could not be
read, 130 interrupted. An image that is called like a command needs its prefix:
imgaudit docker:demo.`
