import { memoryBytes } from '../../../src/bytes/memory.ts'
import { elf as elfOf } from '../../elf.ts'
import { agree, examined, passed, plain } from '../../probe/binary/read.ts'
import { fixture } from '../seeds.ts'
import type { Target } from '../target.ts'

const gpu = (name: string) => fixture(`gpu-code/${name}`)

/** Programs and libraries. */
export const elf: Target = binary('elf', '/usr/lib/x.so', () => [
  elfOf({
    soname: 'libx.so.1',
    needed: ['libc.so.6'],
    rpath: '/a:$ORIGIN',
    interpreter: '/lib/ld.so',
    buildId: 'abcd',
  }),
  elfOf({ sections: { '.text': Buffer.alloc(64), '.debug_info': Buffer.alloc(99), '.symtab': Buffer.alloc(48) } }),
  gpu('sm90_only.so'),
  gpu('rdc.so'),
])

/** GPU code of both makers, with and without a file around it. */
export const fatbin: Target = binary('gpu-code', '/usr/lib/x.so', () => {
  const [library, compressed] = [gpu('sm90_only.so'), gpu('amd/compressed.o')]
  const at = library.indexOf(Buffer.from('50ed55ba', 'hex'))
  return [library.subarray(at, at + 20_000), compressed, gpu('amd/bundle.o'), gpu('amd/offload.o')]
})

/** Kernels in a file of their own: neither ELF files of the machine nor archives. */
export const data: Target = binary('gpu-file', '/opt/x.hsaco', () => {
  const bundle = gpu('amd/compressed.o')
  const at = bundle.indexOf('CCOB')
  return [bundle.subarray(at), gpu('amd/offload.o'), gpu('sm_90.cubin.zst')]
})

/** Static archives of objects. */
export const staticArchive: Target = binary('static-archive', '/usr/lib/x.a', () => [
  gpu('multi.a').subarray(0, 60_000),
])

/** What passes and what is sought must come to the same, and parts to no more than there is. */
function binary(name: string, path: string, seeds: () => readonly Buffer[]): Target {
  return {
    name,
    seeds,
    pieces: [
      '\x7fELF\x02\x01',
      '!<arch>\n',
      '`\n',
      'CCOB',
      'COB',
      '__CLANG_OFFLOAD_BUNDLE__',
      '.shstrtab',
      '.nv_fatbin',
    ],
    runs: 80,
    read(bytes) {
      const sought = examined(path, memoryBytes(bytes))
      const other = passed(path, memoryBytes(bytes), 4096)
      if (!agree(sought, other)) {
        const [one, another] = [sought, other].map(found => JSON.stringify(plain(found)))
        throw new Error(`sought ${one}, passed ${another}`)
      }
      const parts = Object.values(sought?.parts ?? {})
      const sum = parts.reduce((all, part) => all + part, 0)
      if (sum > bytes.length || parts.some(part => part < 0)) throw new Error(`parts of ${sum} bytes`)
    },
  }
}
