import { type Command, Option } from 'commander'
import type { Limit, Limits } from '../report/limits.ts'
import { readLimitOption } from './read-limit.ts'
import type { ReportOptions } from './report-options.ts'
import {
  causeOption,
  countOption,
  formatOption,
  gpuOption,
  limitOption,
  outputOption,
  pullOption,
  ruleOption,
  sizeOption,
  timeoutOption,
} from './usage.ts'

/** Puts the options of every command that reads images on the program: they may stand before and behind a command. */
export function addOptions(program: Command): Command {
  return program
    .optionsGroup('What to read:')
    .option('--platform <os/arch>', 'of an image for several: linux/arm64')
    .option('--image <name>', 'of an archive with several: name, digest or number')
    .option('--pull <when>', 'always, missing or never', pullOption, 'missing')
    .option('--base <image>', 'the image that it was built FROM')
    .addOption(
      new Option('--base-layers <n>', 'or how many layers that has')
        .argParser(countOption('--base-layers', 0))
        .conflicts('base'),
    )
    .option('--verify', 'read and check every byte, not headers alone')
    .option('--no-cache', 'neither read nor keep what is known of layers')
    .option('--no-layer-store', 'have engines export, rather than read their store')
    .option('--namespace <name>', 'of containerd: default, moby, k8s.io')
    .option('--timeout <time>', 'an engine may say nothing for: 30s, 1h, none', timeoutOption)
    .option(
      '--limit <name=value>',
      'of what is read: entries=20M, unpacked=1TB, document=20MB, header=50MB, path=1MB; none lifts it; can be repeated',
      readLimitOption,
    )
    .option('--gpu <names>', 'what it runs on: H100 or sm_90,L4; list prints all', gpuOption)
    .option('--dockerfile <file>', 'that it was built from: findings name its lines')
    .option('--target <stage>', 'of that Dockerfile; the last unless told')
    .optionsGroup('What to print:')
    .addOption(
      new Option(
        '-f, --format <names>',
        'table, json, markdown, sarif, github, gitlab, junit; table,github prints both',
      )
        .argParser(formatOption)
        .default(['table'], 'table'),
    )
    .option(
      '-o, --output <file>',
      'into a file too, by its ending .json .txt .md .sarif .xml, or as gitlab=report.json; can be repeated',
      outputOption,
    )
    .option('--entries <file>', 'every entry of every layer too, a line of JSON each')
    .option('--top <n>', 'rows of each list', countOption('--top', 1), 10)
    .option('--all', 'every row and every path')
    .option('-q, --quiet', 'no progress')
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .optionsGroup('What to allow (exit code 1 above it):')
    .option('--max-size <size>', 'of files: 6GB, 500MiB', sizeOption('--max-size'))
    .option('--max-waste <size>', 'or a share of the image: 10%', limitOption('--max-waste'))
    .option('--max-layer <size>', 'of its largest layer: 2GB', limitOption('--max-layer'))
    .option('--against <image>', 'what growth is measured against: image, report.json')
    .option('--max-growth <size>', 'or a share of that image: 5%', limitOption('--max-growth'))
    .option('--max-cause <name=size>', 'of one cause: pip-cache=0; can be repeated', causeOption)
    .option('--fail-on <rules>', 'rules that may find nothing: secrets,removed-later', ruleOption)
    .option('--config <file>', 'limits and ignores; imgaudit.config.yaml unless told')
    .option('--no-config', 'read no configuration')
    .optionsGroup('Other options:')
}

/** What commander makes of the command line. */
interface Parsed
  extends Omit<ReportOptions, 'limits' | 'readLimits' | 'output' | 'all' | 'quiet' | 'verify' | 'config'> {
  readonly output?: ReportOptions['output']
  readonly all?: true
  readonly quiet?: true
  readonly verify?: true
  readonly limit?: ReportOptions['readLimits']
  readonly maxSize?: Limit
  readonly maxWaste?: Limit
  readonly maxLayer?: Limit
  readonly maxGrowth?: Limit
  readonly maxCause?: Limits['causes']
  readonly failOn?: readonly string[]
  /** A file; false for none, true where nothing was said. */
  readonly config?: string | boolean
}

export function reportOptions(program: Command): ReportOptions {
  const {
    limit,
    maxSize,
    maxWaste,
    maxLayer,
    maxGrowth,
    maxCause,
    failOn,
    output,
    all,
    quiet,
    verify,
    config,
    ...rest
  } = program.opts<Parsed>()
  return {
    ...rest,
    output: output ?? [],
    all: all ?? false,
    quiet: quiet ?? false,
    verify: verify ?? false,
    config: config ?? true,
    ...(limit && { readLimits: limit }),
    limits: {
      ...(maxSize && { size: maxSize }),
      ...(maxWaste && { waste: maxWaste }),
      ...(maxLayer && { layer: maxLayer }),
      ...(maxGrowth && { growth: maxGrowth }),
      ...(maxCause && { causes: maxCause }),
      ...(failOn && { failOn }),
    },
  }
}
