import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ElfParts, elf } from './elf.ts'

function readelf(parts: ElfParts): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-elf-'))
  try {
    writeFileSync(join(folder, 'object'), elf(parts))
    return execFileSync('readelf', ['-hldnSW', join(folder, 'object')], { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('readelf reads what elf writes', () => {
  const said = readelf({
    soname: 'libcublas.so.12',
    needed: ['libc.so.6', 'libcublasLt.so.12'],
    runpath: '$ORIGIN',
    buildId: '00112233445566778899aabbccddeeff00112233',
    sections: { '.text': Buffer.alloc(100), '.debug_info': Buffer.alloc(77), '.symtab': Buffer.alloc(48) },
  })
  expect(said).toMatch(/NEEDED.*\[libc\.so\.6\]\n.*NEEDED.*\[libcublasLt\.so\.12\]/)
  expect(said).toMatch(/SONAME.*\[libcublas\.so\.12\]/)
  expect(said).toMatch(/RUNPATH.*\[\$ORIGIN\]/)
  expect(said).toContain('Build ID: 00112233445566778899aabbccddeeff00112233')
  expect(said).toMatch(/\.debug_info\s+PROGBITS\s+0+ \w+ 00004d/)
  const program = readelf({
    type: 'executable',
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    needed: ['liba.so'],
    rpath: '/a',
  })
  expect(program).toContain('Requesting program interpreter: /lib64/ld-linux-x86-64.so.2')
  expect(program).toMatch(/RPATH.*\[\/a\]/)
})
