import { amdLabel } from './amd-object.ts'
import type { GpuContainer, GpuLabel } from './gpu-code.ts'

/** As much of an ELF header as says what it is for. Bytes. */
export const cubinHeadSize = 64

const cudaMachine = 190

/** Machine code for one GPU, an ELF object of a machine of its own; undefined when `head` begins no such object. */
export function cubinLabel(head: Buffer): GpuLabel | undefined {
  if (head.length < cubinHeadSize || head.readUInt32BE(0) !== 0x7f454c46) return undefined
  if (head[4] !== 2 || head[5] !== 1 || head.readUInt16LE(18) !== cudaMachine) return undefined
  const flags = head.readUInt32LE(48)
  // EI_ABIVERSION; CUDA 13 moved the number up (llvm/BinaryFormat/ELF.h, EF_CUDA_SM).
  const isNew = (head[8] ?? 0) >= 8
  const number = isNew ? (flags >> 8) & 0xff : flags & 0xff
  if (number === 0) return { arch: 'cubin', kind: 'other' }
  const exact = !isNew && (flags & 0x800) !== 0
  return { arch: `sm_${number}${exact ? 'a' : ''}`, kind: 'machine' }
}

/** A whole file of `size` bytes that is machine code for one GPU, by its first bytes. */
export function cubinOf(head: Buffer, size: number): GpuContainer | undefined {
  const label = cubinLabel(head) ?? amdLabel(head)
  if (label === undefined) return undefined
  return { form: 'cubin', start: 0, bytes: size, pieces: [{ label, bytes: size, unpacked: size }] }
}
