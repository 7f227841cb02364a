import type { EntryId } from '../../image/filesystem.ts'
import { baseName } from '../../image/path.ts'
import type { Evidence } from '../evidence.ts'
import { findProgram, type Linked } from './program.ts'
import type { Root } from './root.ts'
import type { Steps } from './steps.ts'

/** A file that `import` can load, and the Python that would. */
export interface Module {
  readonly file: Linked
  /** The name under which it is imported. */
  readonly path: string
  /** undefined where the image has no Python for it. */
  readonly python: EntryId | undefined
}

// PEP 3149 tags, the stable interface, or none.
const tagged = /^[A-Za-z_]\w*\.(?:cpython-(\d)(\d+)\w*(?:-[\w-]+)?|abi3|pypy[\w-]+)\.so$/
const untagged = /^[A-Za-z_]\w*\.so$/
const importable = /^(?:[A-Za-z_]\w*\/)*$/
const site = /^(.*?)\/lib(?:64)?\/(?:python(\d+(?:\.\d+)?)t?|pypy[\d.]*)\/(?:(?:site|dist)-packages|lib-dynload)\/(.*)$/
const bare = /^(.*?)\/(?:site|dist)-packages\/(.*)$/

/** Extension modules: what has Python's tag in its name, and what lies in a folder of packages under names of modules. */
export function modulesOf(evidence: Evidence, root: Root, files: readonly Linked[], steps: Steps): Module[] {
  const pythons = new Map<string, EntryId | undefined>()
  const pythonOf = (prefix: string, version: string) => {
    const key = `${prefix} ${version}`
    if (!pythons.has(key)) pythons.set(key, findPython(evidence, root, prefix, version, steps))
    return pythons.get(key)
  }
  const found: Module[] = []
  for (const file of files) {
    if (file.elf.type !== 'shared') continue
    for (const path of file.paths) {
      if (!path.endsWith('.so')) continue
      const [, prefix = '', version = '', below] = site.exec(path) ?? placed(bare.exec(path))
      const tag = tagged.exec(baseName(path))
      const folder = below?.slice(0, below.lastIndexOf('/') + 1) ?? ''
      const plain = below !== undefined && untagged.test(baseName(path)) && importable.test(folder)
      if (tag === null && !plain) continue
      const [, major, minor] = tag ?? []
      found.push({ file, path, python: pythonOf(prefix, major === undefined ? version : `${major}.${minor}`) })
    }
  }
  return found
}

function placed(match: RegExpExecArray | null): readonly (string | undefined)[] {
  return match === null ? [] : [match[0], match[1], '', match[2]]
}

/** Of its own prefix (an environment's `bin/python` leads to another one), else of PATH, else of the system. */
function findPython(
  evidence: Evidence,
  root: Root,
  prefix: string,
  version: string,
  steps: Steps,
): EntryId | undefined {
  const names = version === '' ? ['python3', 'python'] : [`python${version}`, 'python3', 'python']
  const inPrefix = names.map(name => `${prefix}/bin/${name}`)
  const system = names.flatMap(name => [`/usr/local/bin/${name}`, `/usr/bin/${name}`])
  for (const name of [...inPrefix, ...names, ...system]) {
    const file = findProgram(evidence, root, name, steps)
    if (file !== undefined && fits(baseName(root.filesystem.path(file)), version)) return file
  }
  return undefined
}

/** `python3.10` runs nothing that is built for 3.11. */
function fits(name: string, version: string): boolean {
  const own = /^python(\d+\.\d+)/.exec(name)?.[1]
  return own === undefined || !version.includes('.') || own === version
}
