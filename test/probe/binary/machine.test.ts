import { describe, expect, it } from 'vitest'
import { examined, opened, passed, plain } from './read.ts'
import { hasReadelf, type Readelf, readelf, wantedBelow } from './readelf.ts'

/** Complete wheels, unpacked, to be read too. */
const wheels = process.env.IMGAUDIT_WHEELS?.split(':') ?? []
const folders = wheels.length > 0 ? wheels : ['/usr/bin', '/usr/sbin', '/usr/lib']
// Some of all kinds: a thousand more of the same build tell nothing new.
const every = wheels.length > 0 ? 1 : 7
const files = [process.execPath, ...wantedBelow(...folders).filter((_, index) => index % every === 0)]
const chunkSizes = [1 << 20, 65_536, 4099]

describe.skipIf(!hasReadelf)(`programs and libraries of this machine (${files.length})`, () => {
  it('are the same as they pass and by seeking', { timeout: 1_200_000 }, () => {
    for (const [index, path] of files.entries()) {
      const [sought, pushed] = opened(path, content => [
        examined(path, content),
        passed(path, content, chunkSizes[index % chunkSizes.length] ?? 0),
      ])
      expect(plain(pushed), path).toEqual(plain(sought))
    }
  })

  it('are what readelf says', { timeout: 1_200_000 }, () => {
    let count = 0
    for (const path of files) {
      const binary = opened(path, content => examined(path, content))
      if (binary?.elf === undefined || binary.elf.type === 'core') continue
      const oracle = readelf(path)
      expect(factsOf(binary.elf, oracle), path).toEqual(expectedOf(oracle))
      if (binary.elf.machine !== 190) expect(sumsOf(binary.parts), path).toEqual(expectedSums(oracle))
      count++
    }
    expect(count).toBeGreaterThan(20)
  })
})

type Facts = NonNullable<ReturnType<typeof examined>>

function factsOf(elf: NonNullable<Facts['elf']>, { knowsNotes }: Readelf) {
  const { type, interpreter, buildId, dynamic } = elf
  const { soname, needed, rpath, runpath } = dynamic ?? { needed: [] }
  return {
    type,
    interpreter,
    // Objects have notes in sections only, which nothing needs.
    buildId: type === 'relocatable' || !knowsNotes ? undefined : buildId,
    soname,
    needed,
    rpath,
    runpath,
    isDynamic: dynamic !== undefined,
  }
}

function expectedOf({ type, interpreter, soname, needed, rpath, runpath, buildId, isDynamic, isProgram }: Readelf) {
  const isExecutable = type === 'EXEC' || isProgram || (interpreter !== undefined && soname === undefined)
  return {
    type: type === 'REL' ? 'relocatable' : isExecutable ? 'executable' : 'shared',
    interpreter,
    buildId: type === 'REL' ? undefined : buildId,
    soname,
    needed,
    rpath,
    runpath,
    isDynamic,
  }
}

/** GPU code lies in what is loaded and read. */
function sumsOf(parts: Facts['parts']) {
  if (parts === undefined) return undefined
  const { code, readOnly, data, gpu, debug, symbols } = parts
  return { code, loaded: readOnly + data + gpu, debug, symbols }
}

function expectedSums({ sections }: Readelf) {
  const sum = (of: (section: Readelf['sections'][number]) => boolean) =>
    sections.reduce((total, section) => total + (of(section) ? section.size : 0), 0)
  // Clang keeps the names of symbols and sections of an object in one table.
  const ownNames = sections.some(({ name }) => name === '.shstrtab')
  const full = ({ type }: { type: string }) => type !== 'NOBITS' && type !== 'NULL'
  return {
    code: sum(s => full(s) && s.flags.includes('A') && s.flags.includes('X')),
    loaded: sum(s => full(s) && s.flags.includes('A') && !s.flags.includes('X')),
    debug: sum(
      s =>
        full(s) &&
        !s.flags.includes('A') &&
        s.type === 'PROGBITS' &&
        /^\.(z?debug|gnu\.debuglto_|gdb_index|stab|line)/.test(s.name),
    ),
    symbols: sum(s => s.type === 'SYMTAB' || (ownNames && s.name === '.strtab') || s.type === 'SYMTAB SECTION INDICES'),
  }
}
