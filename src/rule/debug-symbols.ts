import type { Evidence } from '../evidence/evidence.ts'
import { baseName } from '../image/path.ts'
import { endWith } from './amend.ts'
import { instruction, judge, originLayer } from './claims.ts'
import { commandOf, shellWord, shellWords } from './dockerfile.ts'
import { grouped } from './grouped.ts'
import { listed } from './leftovers.ts'
import { partClaims } from './part-claims.ts'
import { commonFolder, files } from './place.ts'
import type { Finding, Rule } from './rule.ts'
import { mustStay, type StrippableFile, strippableFiles } from './strippable.ts'

const rule: Rule = {
  id: 'debug-symbols',
  title: 'Debug information and symbol tables in libraries',
  help: `
Why: A library that was linked without strip has two things in it that no program reads when it runs: debug information
(.debug_info and its like) and the full symbol table with its strings. What the dynamic linker needs is a table of its own,
and stays. Some wheels bring hundreds of megabytes of it: Triton's libtriton.so, NCCL, whatever one compiles with -g.

Fix: strip --strip-unneeded in the same RUN that installs or builds the file, for a later layer stores it again whole. strip
is in binutils: install it in that RUN and remove it there, or strip in a build stage and copy the result. Strip before
patchelf: files that an old patchelf rewrote can break. Go programs: build with -ldflags "-s -w".

Keep: When somebody debugs or profiles in this image: gdb, perf and py-spy name functions of C and C++ by these tables, and
backtraces of crashes lose the names that a library does not export. Python tracebacks are not touched, nor is speed.
Libraries that check their own bytes (FIPS modules), the dynamic loader, objects that are linked later (.o, .a, kernel
modules) and programs with a payload behind them are not claimed.`,

  *check(evidence) {
    const byLayer = grouped(strippableFiles(evidence), ({ entry }) => originLayer(evidence, entry))
    for (const [layer, found] of [...byLayer].sort(([a], [b]) => a - b)) yield findingOf(evidence, layer, found)
  },
}

function findingOf(evidence: Evidence, layer: number, found: readonly StrippableFile[]): Finding {
  const { filesystem } = evidence
  const largest = found.toSorted((a, b) => total(b) - total(a) || a.entry - b.entry)
  const left = largest.length - shown
  const names = largest.map(({ entry }) => baseName(filesystem.path(entry)))
  return {
    ...judge(evidence, layer, {
      verdict: 'check',
      because: [
        'nothing that runs reads them; debuggers, profilers and backtraces of native code do',
        ...(hasStrip(evidence)
          ? []
          : ['strip is not in this image: install binutils in that RUN, and remove it there']),
        ...largest.slice(0, shown).map(file => describe(evidence, file)),
        ...(left > 0 ? [`${files(left)} more`] : []),
      ],
      fix: { id: 'strip', after: stripped(evidence, layer, largest) },
    }),
    message: `debug information and symbol tables in ${files(found.length)} of layer ${layer}: ${listed(names)}`,
    claims: largest.flatMap(({ inode }) =>
      partClaims(evidence, inode, ({ strippable }) => strippable.map(({ start, end }) => [start, end])),
    ),
  }
}

const shown = 6

function total({ debug, symbols }: StrippableFile): number {
  return debug + symbols
}

/** `libtriton.so: 266,700,000 bytes of debug information, 46,900,000 of symbols`. */
function describe({ filesystem }: Evidence, { entry, debug, symbols }: StrippableFile): string {
  const sums = [
    ...(debug === 0 ? [] : [`${debug.toLocaleString('en-US')} bytes of debug information`]),
    ...(symbols === 0 ? [] : [`${symbols.toLocaleString('en-US')} bytes of symbols`]),
  ]
  return `${baseName(filesystem.path(entry))}: ${sums.join(', ')}`
}

function stripped(evidence: Evidence, layer: number, largest: readonly StrippableFile[]): string {
  const written = instruction(evidence, layer)
  const command = stripCommand(evidence, layer, largest)
  return commandOf(written) === undefined
    ? `${command}, where they are built, before this instruction copies them`
    : endWith(written, command)
}

/** Names few files; of many it finds the libraries where there are no others, and minds none that strip cannot read. */
function stripCommand(evidence: Evidence, layer: number, largest: readonly StrippableFile[]): string {
  const { filesystem } = evidence
  const libraries = largest.filter(({ entry }) => isLibrary(filesystem.path(entry)))
  const folder = commonFolder(
    evidence,
    libraries.map(({ entry }) => entry),
  )
  const some = libraries.length > few && mayAllBeStripped(evidence, layer, folder) ? libraries : []
  const named = largest.filter(file => !some.includes(file)).map(({ entry }) => filesystem.path(entry))
  return [
    ...(named.length === 0 ? [] : [`strip --strip-unneeded ${shellWords(named)}`]),
    ...(some.length === 0
      ? []
      : [`find ${shellWord(folder)} -name '*.so*' -type f -size +64k -exec strip --strip-unneeded {} ';'`]),
  ].join(' && ')
}

const few = 4

/** Whether what the command finds is all of this layer: what an earlier one brought would be stored again, whole. */
function mayAllBeStripped(evidence: Evidence, layer: number, folder: string): boolean {
  const { filesystem } = evidence
  for (const [inode] of filesystem.liveBinaries()) {
    if (filesystem.content(inode) < foundFrom) continue
    for (const name of filesystem.names(inode)) {
      const path = filesystem.path(name)
      if (!path.startsWith(folder === '/' ? folder : `${folder}/`) || !baseName(path).includes('.so')) continue
      if (mustStay.test(baseName(path)) || originLayer(evidence, name) !== layer) return false
    }
  }
  return true
}

/** Bytes: what `-size +64k` leaves out. */
const foundFrom = 64 * 1024

function hasStrip({ filesystem }: Evidence): boolean {
  return ['/usr/bin/strip', '/bin/strip'].some(path => filesystem.at(path) !== undefined)
}

function isLibrary(path: string): boolean {
  return /\.so(?:\.[\d.]+)?$/.test(path)
}

export default rule
