import { describe, expect, it } from 'vitest'
import { Sha256, sha256 } from '../../src/bytes/digest.ts'

describe('SHA-256', () => {
  it('is written as OCI writes digests', () => {
    expect(sha256('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    // Docker's empty layer: 1024 zeros.
    expect(sha256(Buffer.alloc(1024))).toBe('sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef')
  })

  it('is the same in pieces', () => {
    const pieces = new Sha256().update(Buffer.from('img')).update(Buffer.from('audit'))
    expect(pieces.digest()).toBe(sha256('imgaudit'))
  })
})
