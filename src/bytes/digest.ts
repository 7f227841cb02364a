import { createHash, type Hash } from 'node:crypto'

/** SHA-256 of bytes as they pass, as OCI writes digests: `sha256:` and 64 hexadecimal digits. */
export class Sha256 {
  readonly #hash: Hash = createHash('sha256')

  update(chunk: Buffer): this {
    this.#hash.update(chunk)
    return this
  }

  /** May be called once, after the last update. */
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`
  }
}

/** The digest of bytes that are in memory. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
