import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostPlatform } from '../../src/image/platform.ts'
import { type ImageParts, Layout, layerTar } from '../archive.ts'
import { containerdServer, type Silence } from '../source/containerd-server.ts'
import { failure, open, scratch } from '../source/open.ts'

/** Milliseconds. */
const timeout = 500
let parts: ImageParts

beforeAll(async () => {
  const layers = [await layerTar({ 'a/b': randomBytes(400_000) })]
  parts = { layers, architecture: hostPlatform().architecture }
})

/** A containerd that hands its blobs over through its socket, and falls silent. */
async function containerd(silence: Silence) {
  const layout = new Layout()
  const descriptor = layout.image(parts)
  const folder = scratch()
  layout.write(folder)
  const root = 'digest' in descriptor ? String(descriptor.digest) : ''
  return containerdServer({ default: { 'docker.io/library/app:latest': root } }, folder, '/nowhere', undefined, silence)
}

describe('a containerd that says nothing', () => {
  test.each(['listNamespaces', 'listImages', 'plugins', 'contentInfo', 'readContent'] as const)(
    'when it is asked for %s',
    async call => {
      const { env, address } = await containerd({ call })
      const error = await failure(open('containerd:app', { env, timeout }))
      expect(error).toMatchObject({ code: 'ENGINE_SILENT', exitCode: 3 })
      expect(error.message).toContain(`the containerd at ${address} has said nothing for 0.5 seconds`)
      expect(error.fix).toContain('--timeout')
    },
  )

  test('in the middle of a blob', async () => {
    const { env } = await containerd({ call: 'readContent', after: 90_000 })
    expect((await failure(open('containerd:app', { env, timeout }))).code).toBe('ENGINE_SILENT')
  })
})

test('a containerd that drips is heard out', async () => {
  const { env } = await containerd({ call: 'readContent', after: 0, every: timeout * 0.4 })
  const began = performance.now()
  expect((await open('containerd:app', { env, timeout })).layers).toHaveLength(1)
  expect(performance.now() - began).toBeGreaterThan(timeout)
})
