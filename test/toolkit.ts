import { type Content, file, type Node } from './fixture.ts'
import { dpkgList } from './package.ts'

type Added = Record<string, Content | Node>

interface Deb {
  readonly depends?: string
  readonly files?: Added
}

/** Packages of a distribution as dpkg leaves them: their files, a list for each, and the status of all. */
export function debs(packages: Readonly<Record<string, Deb>>, before: Readonly<Record<string, Deb>> = {}): Added {
  const stanzas = Object.entries({ ...before, ...packages }).map(([name, { depends }]) =>
    [`Package: ${name}`, 'Status: install ok installed', 'Architecture: amd64', 'Version: 1.0']
      .concat(depends === undefined ? [] : [`Depends: ${depends}`])
      .join('\n'),
  )
  const added: Added = { '/var/lib/dpkg/status': file(`${stanzas.join('\n\n')}\n`) }
  for (const [name, { files = {} }] of Object.entries(packages)) {
    Object.assign(added, files, dpkgList(name, Object.keys(files)))
  }
  return added
}

/** A package that conda linked into a prefix, its files by path below it. */
export function conda(prefix: string, name: string, version: string, files: Added): Added {
  const record = { name, version, build: '0', files: Object.keys(files) }
  return {
    ...Object.fromEntries(Object.entries(files).map(([path, entry]) => [`${prefix}/${path}`, entry])),
    [`${prefix}/conda-meta/${name}-${version}-0.json`]: JSON.stringify(record),
  }
}
