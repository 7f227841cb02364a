import type { Binary } from '../probe/binary/binary.ts'
import type { BinaryFacts } from './explanation.ts'
import { byBytesThenName } from './order.ts'

/** What is inside of a program, a library or an archive, for a report. */
export function binaryFacts(binary: Binary | undefined): BinaryFacts | null {
  if (binary === undefined) return null
  const { elf, parts, unread } = binary
  return {
    what: whatIs(binary),
    soname: elf?.dynamic?.soname ?? null,
    buildId: elf?.buildId ?? null,
    interpreter: elf?.interpreter ?? null,
    rpath: elf?.dynamic?.rpath ?? null,
    runpath: elf?.dynamic?.runpath ?? null,
    parts: { ...parts },
    gpu: gpuOf(binary),
    unread: unread ?? null,
  }
}

const kinds: Readonly<Record<string, string>> = {
  archive: 'static archive',
  data: 'data with GPU code',
}
const types: Readonly<Record<string, string>> = { executable: 'program', shared: 'shared library' }
const machines: Readonly<Record<number, string>> = {
  21: 'ppc64',
  62: 'x86-64',
  183: 'aarch64',
  190: 'CUDA',
  224: 'AMD GPU',
  243: 'RISC-V',
}

function whatIs({ kind, elf }: Binary): string {
  if (elf === undefined) return kinds[kind] ?? 'ELF file'
  const machine = machines[elf.machine] ?? `machine ${elf.machine}`
  return `${types[elf.type] ?? `${elf.type} object`} for ${machine}`
}

/** Bytes by architecture and kind, the largest first. */
function gpuOf({ gpu }: Binary): BinaryFacts['gpu'] {
  const sums = new Map<string, BinaryFacts['gpu'][number]>()
  for (const { pieces } of gpu?.containers() ?? []) {
    for (const { label, bytes } of pieces) {
      const key = `${label.kind} ${label.arch}`
      sums.set(key, { arch: label.arch, kind: label.kind, bytes: bytes + (sums.get(key)?.bytes ?? 0) })
    }
  }
  return [...sums.values()].sort(
    byBytesThenName(
      row => row.bytes,
      row => `${row.arch} ${row.kind}`,
    ),
  )
}
