import { Command, Option } from 'commander'
import type { Limits } from '../report/budgets.ts'
import { version } from '../version.ts'
import { coloursOn, columnsOf, type Host } from './host.ts'
import type { ReportOptions } from './report-on.ts'
import { countOption, everyGpu, formatOption, gpuOption, limitOption, pullOption, sizeOption } from './usage.ts'

/** What each command does; answers with the exit code. */
export interface Jobs {
  image(reference: string, options: ReportOptions): Promise<number>
  /** Prints what packages an image has, and what its layers made of them. */
  packages(reference: string, options: ReportOptions): Promise<number>
  /** Says why an image has a path. */
  why(reference: string, path: string, options: ReportOptions): Promise<number>
  demo(keep: string | undefined, options: ReportOptions): Promise<number>
  rules(): Promise<number>
  explain(rule: string): Promise<number>
  /** Lists the GPUs that `--gpu` knows. */
  gpus(): Promise<number>
  /** Shows the layer cache. */
  cache(): Promise<number>
  clearCache(): Promise<number>
  /** No image was named. */
  help(text: string): Promise<number>
}

/** Parses the command line and does what it says. Throws CommanderError for help, the version and bad usage. */
export async function parse(host: Host, jobs: Jobs, write: (text: string) => void): Promise<number> {
  let exitCode = 0
  /** What was asked for of an image, unless it is the list of GPUs. */
  const auditing = async (job: (options: ReportOptions) => Promise<number>) => {
    const listsGpus = program.opts<Parsed>().gpu?.includes(everyGpu) === true
    exitCode = listsGpus ? await jobs.gpus() : await job(reportOptions(program.opts()))
  }
  const program = new Command('imgaudit')
    .exitOverride()
    .configureOutput({
      writeOut: write,
      // What is wrong is said once, by whoever catches the error.
      writeErr: () => {},
      getOutHelpWidth: () => columnsOf(host.stdout),
      getOutHasColors: () => coloursOn(host.stdout, host.env, true),
    })
    .configureHelp({ showGlobalOptions: true })
    .usage('<image> [options]')
    .description(
      'Says where every byte of a built container image went and why, and what can go, how, and what would break.',
    )
    .argument(
      '[image]',
      'name:tag, ID, app.tar, folder, - for standard input; a prefix forces what it is: docker:, podman:, containerd:, containers-storage:, docker-archive:, oci-archive:, oci:',
    )

  program
    .optionsGroup('What to read:')
    .option('--platform <os/arch>', 'of an image for several: linux/arm64')
    .option('--image <name>', 'of an archive with several: its name, digest or number')
    .option('--pull <when>', 'always, missing or never', pullOption, 'missing')
    .option('--base <image>', 'the image that it was built FROM')
    .addOption(
      new Option('--base-layers <n>', 'or how many layers that has')
        .argParser(countOption('--base-layers', 0))
        .conflicts('base'),
    )
    .option('--verify', 'read and check every byte, also where headers would do')
    .option('--no-cache', 'neither read nor keep what is known of layers')
    .option('--no-layer-store', 'have engines export images, rather than read what they keep')
    .option('--namespace <name>', 'of containerd: default, moby, k8s.io')
    .option('--gpu <names>', 'what it runs on: H100 or sm_90,L4; list prints all', gpuOption)
    .optionsGroup('What to print:')
    .option('-f, --format <name>', 'table or json', formatOption, 'table')
    .option('-o, --output <file>', 'write it to a file too, by its ending .json or .txt; can be repeated', collect)
    .option('--top <n>', 'rows of each list', countOption('--top', 1), 10)
    .option('--all', 'every row and every path')
    .option('-q, --quiet', 'no progress')
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .optionsGroup('What to allow (exit code 1 above it):')
    .option('--max-size <size>', 'of files: 6GB, 500MiB', sizeOption('--max-size'))
    .option('--max-waste <size>', 'or a share of the image: 10%', limitOption('--max-waste'))
    .optionsGroup('Other options:')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('after', examples)
    .action((image: string | undefined) =>
      auditing(options =>
        image === undefined
          ? jobs.help(`${program.helpInformation({ error: true })}${examples}\n`)
          : jobs.image(image, options),
      ),
    )

  program
    .command('packages')
    .description('list the packages of an image: their bytes, and which layer installed, changed or removed them')
    .argument('<image>', 'as above')
    .action((image: string) => auditing(options => jobs.packages(image, options)))
  program
    .command('why')
    .description('say why an image has a file: who brought it, who owns and loads it, who claims it')
    .argument('<image>', 'as above')
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
  const cache = program
    .command('cache')
    .description('show what is kept of layers that were read')
    .action(async () => {
      exitCode = await jobs.cache()
    })
  cache
    .command('clear')
    .description('remove all of it')
    .action(async () => {
      exitCode = await jobs.clearCache()
    })

  await program.parseAsync([...host.argv], { from: 'user' })
  return exitCode
}

const examples = `
Examples:
  imgaudit nvidia-ml:latest               an image of Docker or Podman
  docker save app:1 | imgaudit -          a pipe: nothing is written to disk
  imgaudit app.tar --base debian:12       an archive, and what it was built FROM
  imgaudit app:1 --max-waste 10% -f json  in CI: exit code 1 above 10 %
  imgaudit packages app:1                 who owns what, and since which layer
  imgaudit why app:1 /usr/lib/libcuda.so  who brought a file, who loads it
  imgaudit explain pip-cache
  imgaudit demo                           no image at hand

Exit codes: 0 audited, 1 over a limit, 2 bad usage, 3 the image could not be
read, 130 interrupted. An image that is called like a command needs its prefix:
imgaudit docker:demo.`

interface Parsed extends Omit<ReportOptions, 'limits' | 'output' | 'all' | 'quiet' | 'verify'> {
  readonly output?: readonly string[]
  readonly all?: true
  readonly quiet?: true
  readonly verify?: true
  readonly maxSize?: Limits['size']
  readonly maxWaste?: Limits['waste']
}

function reportOptions({ maxSize, maxWaste, output, all, quiet, verify, ...rest }: Parsed): ReportOptions {
  return {
    ...rest,
    output: output ?? [],
    all: all ?? false,
    quiet: quiet ?? false,
    verify: verify ?? false,
    limits: { ...(maxSize && { size: maxSize }), ...(maxWaste && { waste: maxWaste }) },
  }
}

function collect(name: string, names: readonly string[] = []): readonly string[] {
  return [...names, name]
}
