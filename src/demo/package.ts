import { createHash } from 'node:crypto'
import type { DemoFile } from './layer.ts'

type Files = Readonly<Record<string, DemoFile>>

export const site = '/usr/local/lib/python3.11/dist-packages'

/** A Python package as pip leaves it: its files, by their path below site-packages, and its dist-info. */
export function pipPackage(name: string, version: string, contents: Readonly<Record<string, Buffer | string>>): Files {
  const info = `${name}-${version}.dist-info`
  const installed: Record<string, Buffer | string> = {
    ...contents,
    [`${info}/INSTALLER`]: 'pip\n',
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nMade up for a demo.\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  }
  const lines = Object.entries(installed).map(([path, bytes]) => `${path},${recorded(bytes)}`)
  const record = [...lines, `${info}/RECORD,,`, ''].join('\n')
  return Object.fromEntries(
    Object.entries({ ...installed, [`${info}/RECORD`]: record }).map(([path, bytes]) => [`${site}/${path}`, { bytes }]),
  )
}

function recorded(bytes: Buffer | string): string {
  const digest = createHash('sha256').update(bytes).digest('base64url')
  return `sha256=${digest},${Buffer.byteLength(bytes)}`
}

/** A Debian package: what dpkg's status says of it, and the files that its list names. */
export interface DebianPackage {
  readonly name: string
  readonly version: string
  readonly section: string
  readonly depends?: string
  readonly contents: Readonly<Record<string, Buffer | string>>
}

/** dpkg's status file of everything that is installed by now. */
export function dpkgStatus(packages: readonly DebianPackage[]): Files {
  const stanzas = packages.map(({ name, version, section, depends }) =>
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Priority: optional',
      `Section: ${section}`,
      'Maintainer: Nobody <nobody@example.com>',
      'Architecture: amd64',
      `Version: ${version}`,
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      'Description: made up for a demo',
      '',
    ].join('\n'),
  )
  return { '/var/lib/dpkg/status': { bytes: `${stanzas.join('\n')}\n` } }
}

/** The files of packages, with the list of each. */
export function dpkgFiles(packages: readonly DebianPackage[]): Files {
  return Object.fromEntries(
    packages.flatMap(({ name, contents }) => {
      const folders = new Set(['/.'])
      for (const path of Object.keys(contents)) {
        for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at))
      }
      const list = `${[...folders, ...Object.keys(contents)].join('\n')}\n`
      return [
        ...Object.entries(contents).map(([path, bytes]) => [path, { bytes }] as const),
        [`/var/lib/dpkg/info/${name}.list`, { bytes: list }] as const,
      ]
    }),
  )
}
