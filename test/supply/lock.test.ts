import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly version: string
  /** Absent where the package has the name of its folder. */
  readonly name?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly deprecated?: string
}

const manifest = read('package.json')
const lock = read('package-lock.json')
const { '': root, ...packages }: Readonly<Record<string, Locked>> = lock.packages

function read(name: string) {
  return JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
}

/** docs.npmjs.com, package-lock.json: version 3 is the one without a second tree for npm 6. */
it('locks what package.json asks for', () => {
  expect(lock.lockfileVersion).toBe(3)
  const { name, version, license, dependencies, bin, devDependencies, engines } = manifest
  expect(root).toEqual({ name, version, license, dependencies, bin, devDependencies, engines })
  const asked = Object.keys({ ...dependencies, ...devDependencies })
  expect(asked.filter(name => packages[`node_modules/${name}`] === undefined)).toEqual([])
})

it('takes every package from the public registry, and knows its bytes', () => {
  expect(Object.keys(packages).length).toBeGreaterThan(100)
  const elsewhere = Object.entries(packages).filter(
    ([path, { resolved, integrity }]) => resolved !== tarball(path) || !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''),
  )
  // A user's npm can leave the addresses out: `npm install --omit-lockfile-registry-resolved=false` writes them again.
  expect(elsewhere).toEqual([])
})

it('knows the bytes of what test images are made from too', () => {
  const { '': _, ...others }: Readonly<Record<string, Locked>> = read('test/real/images/package-lock.json').packages
  expect(Object.values(others).filter(({ integrity }) => !/^sha512-/.test(integrity ?? ''))).toEqual([])
})

/** Where the registry has a package: no git, no file, no other host, and no other name than the folder has. */
function tarball(path: string): string {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const { version } = packages[path] ?? {}
  return `https://registry.npmjs.org/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}

it('has no package that its keeper gave up', () => {
  expect(Object.entries(packages).filter(([, { deprecated }]) => deprecated !== undefined)).toEqual([])
})

/** Packages with a script for after their installation, none of which imgaudit needs. */
const scripted = [
  // Compiles what tells ssh2 which cipher the processor is fastest at; ssh2 does without.
  'node_modules/cpu-features',
  // Warns of two versions of itself in one program.
  'node_modules/protobufjs',
  // Compiles its ciphers, which Node has too. It is loaded for DOCKER_HOST=ssh:// alone.
  'node_modules/ssh2',
]

it('needs no script of a dependency, and runs none', () => {
  const found = Object.keys(packages).filter(path => packages[path]?.hasInstallScript)
  expect(found.sort()).toEqual(scripted)
  expect(readFileSync(new URL('../../.npmrc', import.meta.url), 'utf8').split('\n')).toContain('ignore-scripts=true')
  // The tests themselves run on packages that were never built.
  const built = ['node_modules/cpu-features/build', 'node_modules/ssh2/lib/protocol/crypto/build']
  expect(built.filter(path => existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([])
})
