import { spawnSync } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { binaryProbe } from '../../../src/probe/binary/probe.ts'

/** What GNU readelf says of a file. */
export interface Readelf {
  readonly type: string
  readonly interpreter?: string
  readonly buildId?: string
  readonly knowsNotes: boolean
  readonly soname?: string
  readonly needed: readonly string[]
  readonly rpath?: string
  readonly runpath?: string
  readonly isDynamic: boolean
  readonly isProgram: boolean
  readonly sections: readonly { name: string; type: string; size: number; flags: string }[]
}

export const hasReadelf = spawnSync('readelf', ['--version']).status === 0

export function readelf(path: string): Readelf {
  const { stdout, stderr } = spawnSync('readelf', ['-hlSdnW', path], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  })
  const one = (pattern: RegExp) => pattern.exec(stdout)?.[1]
  const all = (pattern: RegExp) => Array.from(stdout.matchAll(pattern), ([, found]) => found ?? '')
  const sections = Array.from(
    stdout.matchAll(
      /^ {2}\[ *\d+\] (\S*) +([A-Z_0-9]\S*) +[\da-f]{16} [\da-f]+ ([\da-f]+) [\da-f]{2,} +([A-Za-z]*) +\d+ +\d+ +\d+$/gm,
    ),
    ([, name = '', type = '', size = '', flags = '']) => ({ name, type, size: Number.parseInt(size, 16), flags }),
  )
  return {
    type: one(/^ {2}Type: +(\w+)/m) ?? '',
    ...optional('interpreter', one(/Requesting program interpreter: ([^\]]*)\]/)),
    ...optional('buildId', one(/Build ID: ([\da-f]+)/)),
    // It takes a note that patchelf moved, and aligned to 8, for damaged.
    knowsNotes: !stderr.includes('note with invalid'),
    ...optional('soname', one(/\(SONAME\) +Library soname: \[(.*)\]/)),
    needed: all(/\(NEEDED\) +Shared library: \[(.*)\]/g),
    ...optional('rpath', one(/\(RPATH\) +Library rpath: \[(.*)\]/)),
    ...optional('runpath', one(/\(RUNPATH\) +Library runpath: \[(.*)\]/)),
    isDynamic: /^ {2}DYNAMIC /m.test(stdout),
    isProgram: /FLAGS_1.*\bPIE\b/.test(stdout),
    sections,
  }
}

function optional<Name extends string>(name: Name, value: string | undefined): { [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: string })
}

/** Files below folders of this machine that the probe wants. */
export function wantedBelow(...folders: readonly string[]): string[] {
  const found: string[] = []
  for (const folder of folders)
    for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(item.parentPath, item.name)
      if (!item.isFile()) continue
      const { size, mode } = lstatSync(path)
      if (binaryProbe.wants(path, size, mode)) found.push(path)
    }
  return found.sort()
}
