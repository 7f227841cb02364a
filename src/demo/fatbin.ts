import { noise } from './content.ts'

/** Machine code for an architecture (`sm_90`), or PTX (`compute_90`), of so many bytes. */
export type DemoKernels = Readonly<Record<string, number>>

/** NVIDIA's container of GPU code, version 1: a header of 16 bytes, then an entry for each architecture. */
export function fatbin(kernels: DemoKernels): Buffer {
  const entries = Object.entries(kernels).flatMap(([arch, size]) => entry(arch, size))
  const body = Buffer.concat(entries)
  const header = Buffer.alloc(16)
  header.writeUInt32LE(0xba55ed50)
  header.writeUInt16LE(1, 4)
  header.writeUInt16LE(16, 6)
  header.writeBigUInt64LE(BigInt(body.length), 8)
  return Buffer.concat([header, body])
}

function entry(arch: string, size: number): Buffer[] {
  const [, kind, number] = /^(sm|compute)_(\d+)$/.exec(arch) ?? []
  const header = Buffer.alloc(64)
  header.writeUInt16LE(kind === 'sm' ? 2 : 1)
  header.writeUInt16LE(0x0101, 2)
  header.writeUInt32LE(header.length, 4)
  header.writeBigUInt64LE(BigInt(size), 8)
  header.writeUInt16LE(kind === 'sm' ? 7 : 0, 24)
  header.writeUInt16LE(kind === 'sm' ? 1 : 8, 26)
  header.writeUInt32LE(Number(number), 28)
  header.writeBigUInt64LE(0x11n, 40)
  return [header, noise(`kernels ${arch} ${size}`, size)]
}
