import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './packed.ts'

/** Look at what is newest, or take 20 GB: started by hand, before a release. */
const byHand = /^test\/(full|bench)\/|\/torch\./

const listed = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map(path => `test/${path}`)
const recipes = [
  '.ci/run',
  'action.yml',
  ...listed.filter(path => /\.sh$|Dockerfile$/.test(path) && !byHand.test(path)),
]
const engines = read('test/real/engines.sh')

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Commands of everything that CI runs which begin so: without comments, over the ends of lines that go on, up to `&&`. */
function commands(pattern: RegExp): string[] {
  return recipes.flatMap(path => {
    const text = read(path)
      .replace(/^\s*#.*$/gm, '')
      .replace(/\\\n\s*/g, '')
    return text.split(/\n|&&|\|\||;/).filter(command => pattern.test(command))
  })
}

it('asks for no newest version, and lets nobody else answer', () => {
  expect(recipes.length).toBeGreaterThan(10)
  expect(commands(/[@:]latest\b|\b(curl|wget)\b|\bgo mod tidy\b/)).toEqual([])
  const unchecked =
    /--insecure|--allow-unauthenticated|--no-check-certificate|strict-ssl|\bGO(NO)?SUM(DB|CHECK)\b|GOINSECURE/
  expect(commands(unchecked)).toEqual([])
})

it('takes npm packages by a lock, without their scripts', () => {
  expect(commands(/\bnpm (i|install|add|exec)\b|\bnpx\b/)).toEqual([])
  const locked = commands(/\bnpm ci\b/)
  expect(locked.length).toBe(3)
  expect(locked.filter(command => !command.includes('--ignore-scripts'))).toEqual([])
})

it('takes actions by their commit', () => {
  const used = commands(/\buses:/)
  expect(used.length).toBeGreaterThan(0)
  expect(used.filter(line => !/ [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/.test(line))).toEqual([])
})

it('takes Python packages by their digest', () => {
  const downloads = commands(/\bpip3? download\b/)
  expect(downloads.length).toBe(1)
  expect(downloads.filter(command => !command.includes('--require-hashes'))).toEqual([])
  const lists = listed.filter(path => /^test\/real\/(images|nvidia-ml)\/.*\.txt$/.test(path))
  expect(lists.length).toBe(6)
  const lines = lists.flatMap(path => read(path).split('\n')).filter(line => line !== '' && !line.startsWith('#'))
  expect(lines.filter(line => !/^[a-z0-9-]+==[\w.]+( --hash=sha256:[0-9a-f]{64})+$/.test(line))).toEqual([])
})

it('installs into images what it took by digest: out of a folder, or of an index on loopback', () => {
  for (const path of recipes.filter(path => path.endsWith('Dockerfile'))) {
    const text = read(path).replace(/\\\n\s*/g, '')
    const loopback =
      /^ENV PIP_INDEX_URL=http:\/\/127\.0\.0\.1:\d+\/simple .*\bUV_INDEX_URL=http:\/\/127\.0\.0\.1:/m.test(text)
    const installs = text.split(/\n|&&/).filter(command => /\bpip install\b/.test(command))
    const outside = installs.filter(command => !/--no-index\b|--index-url http:\/\/127\.0\.0\.1:/.test(command))
    expect(loopback ? [] : outside, path).toEqual([])
    // Debian's own, which debootstrap makes with its signature checked.
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    expect(new Set(bases), path).toEqual(new Set(['imgaudit-test-base:bookworm']))
  }
  expect(commands(/^\s*debootstrap --/).filter(command => !command.includes('--force-check-gpg'))).toEqual([])
})

it('builds engines of released versions, and knows the sum of every module in them', () => {
  const versions = new Map([...engines.matchAll(/^(\w+_version)=(\S+)$/gm)].map(([, name = '', is]) => [name, is]))
  const asked = commands(/\bgo (install|get)\b/).flatMap(command =>
    [...command.matchAll(/@(\S+)/g)].map(([, is]) => is),
  )
  expect(asked.length).toBeGreaterThan(5)
  for (const is of asked) expect(versions.get(is?.slice(1) ?? ''), is).toMatch(/^v\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/)

  const kept = commands(/^\s*keep /).flatMap(command => command.trim().split(' ').slice(1))
  const sums = new Map([...engines.matchAll(/^ {2}\[([\w-]+)\]=([0-9a-f]{64})$/gm)].map(([, name, sum]) => [name, sum]))
  // What only benchmarks run is taken by its version.
  expect(kept.filter(name => !sums.has(name))).toEqual(['dive', 'syft'])
})
