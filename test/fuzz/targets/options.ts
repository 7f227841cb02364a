import { nearest } from '../../../src/bytes/nearest.ts'
import { causeFault } from '../../../src/config/cause-name.ts'
import { gpuTargets } from '../../../src/evidence/gpu-target.ts'
import { parsePlatform } from '../../../src/image/platform.ts'
import { fullName, parseReference, splitName } from '../../../src/image/reference.ts'
import { parseLimit, sizeHint } from '../../../src/report/size-text.ts'
import { parseStorageReference } from '../../../src/source/containers-storage/specifier.ts'
import { surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'

/** What a person types: references, platforms, sizes, GPUs, causes. */
export const options: Target = {
  name: 'options',
  seeds: () =>
    ['docker:host:5000/a/b:1@sha256:00', 'linux/arm64/v8', '1.5 GiB', 'NVIDIA H100 80GB HBM3', '/opt/{a,b}/**'].map(
      text => Buffer.from(text),
    ),
  pieces: [
    'docker:',
    'containers-storage:[overlay@/x+/y:a=b]',
    ':',
    '@',
    '/',
    '**',
    '*',
    '{',
    '}',
    '[',
    ',',
    '1..9',
    '9',
    'GB',
    '%',
    'sm_',
    'pip:',
  ],
  most: 1024,
  runs: 150,
  async read(bytes) {
    const text = bytes.toString()
    const { rest } = parseReference(text)
    splitName(rest)
    fullName(rest)
    parseLimit(text)
    sizeHint(text, '3GB')
    causeFault(text)
    nearest(text, ['pip-cache', 'apt-lists'])
    await eachRefused([
      () => gpuTargets([text]),
      () => parsePlatform(text),
      () => parseStorageReference(text, surroundings()),
    ])
  },
}

/** Runs all; throws what the last throws. */
async function eachRefused(parsers: readonly (() => unknown)[]): Promise<void> {
  const [parse, ...others] = parsers
  if (parse === undefined) return
  try {
    await parse()
  } finally {
    await eachRefused(others)
  }
}
