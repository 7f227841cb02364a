import { below } from './below.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { lines } from './fields.ts'
import type { ApkInstalled } from './package-record.ts'

interface Stanza {
  name: string
  version: string
  paths: string[]
}

/** Reads apk's database (wiki.alpinelinux.org, "Apk spec", installed database V2): `P` name, `V` version, `F` a folder
 *  relative to the root, `R` a file in the last `F`; an empty line ends a package. */
export function parseApkInstalled(text: string): ApkInstalled | undefined {
  const budget = new Budget()
  const packages: Stanza[] = []
  let stanza: Stanza | undefined
  let folder = '/'
  for (const line of lines(text)) {
    if (line === '') stanza = undefined
    if (line.charCodeAt(1) !== 0x3a) continue
    const value = line.slice(2)
    switch (line[0]) {
      case 'P':
        if (!budget.spend(value)) return undefined
        stanza = { name: value, version: '', paths: [] }
        packages.push(stanza)
        folder = '/'
        break
      case 'V':
        if (stanza !== undefined) stanza.version = value
        break
      case 'F':
        folder = below('/', value)
        break
      case 'R': {
        const path = below(folder, value)
        if (!budget.spend(path)) return undefined
        stanza?.paths.push(path)
      }
    }
  }
  return { kind: 'apk-installed', packages: packages.filter(found => found.name !== '' && found.version !== '') }
}

/** `/lib/apk/db/installed`; below `/usr` where Alpine has merged it (apk-tools 3). */
export const apkInstalled = recordProbe({
  id: 'apk-installed',
  wants: path => path === '/lib/apk/db/installed' || path === '/usr/lib/apk/db/installed',
  parse: parseApkInstalled,
})
