import { headerSize, isElf } from './elf-header.ts'
import type { GpuLabel } from './gpu-code.ts'

const amdMachine = 224

/** EF_AMDGPU_MACH (LLVM, "User Guide for AMDGPU Backend", "AMDGPU EF_AMDGPU_MACH Values"), from 0x20 on, without `gfx`. */
const processors = [
  ...['600', '601', '700', '701', '702', '703', '704', '', '801', '802', '803', '810', '900', '902', '904', '906'],
  ...['908', '909', '90c', '1010', '1011', '1012', '1030', '1031', '1032', '1033', '602', '705', '805', '1035', '1034'],
  ...['90a', '940', '1100', '1013', '1150', '1103', '1036', '1101', '1102', '1200', '1250', '1151', '941', '942', ''],
  ...['1201', '950', '1310', '9-generic', '10-1-generic', '10-3-generic', '11-generic', '1152', '', '1154', '1153'],
  ...['12-generic', '1251', '12-5-generic', '1172', '1170', '1171', '9-4-generic'],
]

/** Machine code for one AMD GPU, an ELF object of a machine of its own; undefined when `head` begins no such object. */
export function amdLabel(head: Buffer): GpuLabel | undefined {
  if (head.length < headerSize || !isElf(head) || head[4] !== 2 || head[5] !== 1) return undefined
  if (head.readUInt16LE(18) !== amdMachine) return undefined
  const processor = processors[(head.readUInt32LE(48) & 0xff) - 0x20] ?? ''
  if (processor === '') return { arch: 'unknown', kind: 'other' }
  return { arch: `gfx${processor}`, kind: 'machine' }
}
