import { describe, expect, test } from 'vitest'
import { ImgauditError } from '../../src/error.ts'
import { parseIndex, parseManifest } from '../../src/image/manifest.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseManifest', () => {
  test('tells an index from a manifest by what is in it where the media type is missing', () => {
    expect(parsed({ schemaVersion: 2, manifests: [{ digest }] }).kind).toBe('index')
    expect(parsed({ schemaVersion: 2, config: { digest }, layers: [] }).kind).toBe('manifest')
  })

  test('null lists are empty', () => {
    expect(parseIndex(Buffer.from('{"schemaVersion":2,"manifests":null}'), 'index.json').manifests).toEqual([])
    expect(parsed({ config: { digest }, layers: null })).toMatchObject({ layers: [] })
  })

  test('attestations are marked', () => {
    const marks = [
      { platform: { os: 'unknown', architecture: 'unknown' } },
      { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      { artifactType: 'application/vnd.docker.attestation.manifest.v1+json' },
      { annotations: { 'io.containerd.manifest.subject': digest } },
    ]
    for (const mark of marks)
      expect(parsed({ manifests: [{ digest, ...mark }] })).toMatchObject({ manifests: [{ attestation: true }] })
    expect(parsed({ manifests: [{ digest }] })).toMatchObject({ manifests: [{ attestation: false }] })
  })

  test.each([
    [{}, 'MANIFEST_INVALID'],
    [[], 'MANIFEST_INVALID'],
    [null, 'MANIFEST_INVALID'],
    [{ manifests: [null] }, 'MANIFEST_INVALID'],
    [{ manifests: [{ digest: 'sha256:../../etc/passwd' }] }, 'MANIFEST_INVALID'],
    [{ manifests: [{ digest, size: -1 }] }, 'MANIFEST_INVALID'],
    [{ manifests: [{ digest, size: '1' }] }, 'MANIFEST_INVALID'],
    [{ config: {}, layers: [] }, 'MANIFEST_INVALID'],
    [{ schemaVersion: 1, fsLayers: [] }, 'MEDIA_TYPE_UNSUPPORTED'],
    [{ mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' }, 'MEDIA_TYPE_UNSUPPORTED'],
  ])('%j is %s', (document, code) => {
    const error = thrown(() => parsed(document))
    expect(error.code).toBe(code)
    expect(error.fix).not.toBe('')
  })
})

function parsed(document: unknown) {
  return parseManifest(Buffer.from(JSON.stringify(document)), 'it')
}

function thrown(action: () => unknown): ImgauditError {
  try {
    action()
  } catch (error) {
    if (error instanceof ImgauditError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
