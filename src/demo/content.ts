import { createCipheriv, createHash } from 'node:crypto'

/** Bytes that look like nothing, and are the same whenever the seed is. */
export function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(size))
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Weights in the format of safetensors: the header's length, a header that names one tensor, the tensor. */
export function safetensors(seed: string, size: number): Buffer {
  const shape = [size / 4]
  const header = Buffer.from(JSON.stringify({ 'encoder.weight': { dtype: 'F32', shape, data_offsets: [0, size] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, noise(seed, size)])
}
