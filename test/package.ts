import { type Content, file, type Node, waste } from './fixture.ts'

type Added = Record<string, Content | Node>

/**
 * A wheel as pip unpacks it: its files, by path below `root`, and a dist-info with METADATA, INSTALLER and RECORD, which
 * are marked for `rule` where one is named.
 */
export function wheel(root: string, name: string, version: string, files: Added, rule?: string): Added {
  const info = `${name}-${version}.dist-info`
  const metadata: Added = {
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\n${name}\n`,
    [`${info}/INSTALLER`]: 'pip\n',
    [`${info}/RECORD`]: [...Object.keys(files), `${info}/METADATA`, `${info}/INSTALLER`, `${info}/RECORD`]
      .map(path => `${path},,`)
      .join('\n'),
  }
  const marked = Object.entries(metadata).map(([path, text]) => [path, rule === undefined ? text : waste(rule, text)])
  const added: Added = { ...files, ...Object.fromEntries(marked) }
  return Object.fromEntries(Object.entries(added).map(([path, entry]) => [`${root}/${path}`, entry]))
}

/** dpkg's status: versions by package. */
export function dpkgStatus(packages: Readonly<Record<string, string>>): Node {
  const stanzas = Object.entries(packages).map(
    ([name, version]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
  )
  return file(stanzas.join('\n'))
}

/** dpkg's list of what a package brought. */
export function dpkgList(name: string, paths: readonly string[]): Added {
  return { [`/var/lib/dpkg/info/${name}.list`]: `${paths.join('\n')}\n` }
}

/** What dpkg's status and apt's extended_states say of a package. */
export interface DebianRecord {
  readonly depends?: string
  readonly recommends?: string
  readonly provides?: string
  /** Came for the sake of another one. */
  readonly automatic?: boolean
  readonly version?: string
  readonly files?: readonly string[]
}

/** dpkg's and apt's records of packages: status, lists and extended_states. */
export function debianRecords(packages: Readonly<Record<string, DebianRecord>>): Added {
  const all = Object.entries(packages)
  const stanzas = all.map(([name, { version = '1.0', depends, recommends, provides }]) =>
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Priority: optional',
      'Architecture: amd64',
      `Version: ${version}`,
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      ...(recommends === undefined ? [] : [`Recommends: ${recommends}`]),
      ...(provides === undefined ? [] : [`Provides: ${provides}`]),
      '',
    ].join('\n'),
  )
  const marks = all.filter(([, { automatic }]) => automatic).map(([name]) => `Package: ${name}\nAuto-Installed: 1\n`)
  return {
    '/var/lib/dpkg/status': stanzas.join('\n'),
    '/var/lib/apt/extended_states': marks.join('\n'),
    ...Object.assign({}, ...all.map(([name, { files = [] }]) => dpkgList(name, ['/.', ...files]))),
  }
}
