import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { auditSide } from '../../src/audit.ts'
import { compare } from '../../src/compare/compare.ts'
import { layerTar, legacyArchive } from '../archive.ts'
import { expectComparisonBalanced } from '../compare/balance.ts'
import { scratch } from '../source/open.ts'
import { docker, skopeo, withEngines } from './engines.ts'
import { type Registry, startRegistry } from './registry.ts'

/** A layer that compresses to about half. */
function contents(bytes: number): Buffer {
  return Buffer.concat([randomBytes(bytes / 2), Buffer.alloc(bytes / 2)])
}

/** Two images whose second layer differs; on it stands one that both have, then one that is new. */
async function pushed(folder: string, registry: Registry, repository: string): Promise<void> {
  const [base, shared] = await Promise.all(
    ['base', 'shared'].map(name => layerTar({ [`srv/${name}`]: contents(400_000) })),
  )
  const write = async (tag: string, last: readonly string[]) => {
    const own = await layerTar({ 'srv/own': contents(200_000) })
    const more = await Promise.all(last.map(name => layerTar({ [`srv/${name}`]: contents(100_000) })))
    const layers = [base, own, shared, ...more].filter(layer => layer !== undefined)
    writeFileSync(join(folder, `${tag}.tar`), await legacyArchive({ layers, name: `app:${tag}` }))
    await registry.push(join(folder, `${tag}.tar`), `${repository}:${tag}`)
  }
  await write('before', [])
  await write('after', ['new'])
}

async function compared(folder: string, registry: Registry, repository: string) {
  const side = async (tag: string) => {
    const from = `docker://${registry.host}/${repository}:${tag}`
    await skopeo('copy', '-q', '--src-tls-verify=false', from, `oci:${join(folder, tag)}`)
    const surroundings = { env: {}, cwd: folder, homedir: folder, stdin: Readable.from([]), cache: false }
    return auditSide(`oci:${tag}`, surroundings)
  }
  const policy = { limits: {}, ignore: [], now: new Date() }
  const comparison = compare(await side('before'), await side('after'), policy, '0.0.0')
  expectComparisonBalanced(comparison)
  return comparison
}

await withEngines(['overlay2', 'containerd'], 'a host that has the image before', (graphDriver, containerd) => {
  it.each([
    ['containerd', containerd],
    ['overlay2', graphDriver],
  ] as const)('pulls what was said: %s', async (kind, engine) => {
    const folder = scratch()
    const registry = await startRegistry(folder)
    const repository = `pull/${kind}`
    await pushed(folder, registry, repository)
    const { pull, layers } = await compared(folder, registry, repository)
    expect(pull.kind).toBe('stored')
    expect(layers.map(({ change }) => change)).toEqual(['kept', 'changed', 'kept', 'new'])

    const [before, after] = ['before', 'after'].map(tag => `${registry.host}/${repository}:${tag}`)
    await docker(engine, 'pull', '-q', before ?? '')
    registry.fetched()
    await docker(engine, 'pull', '-q', after ?? '')
    const sizes = await blobSizes(registry, repository)
    const fetched = new Set(registry.fetched().filter(digest => sizes.has(digest)))
    await docker(engine, 'rmi', before ?? '', after ?? '')

    const real = [...fetched].reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0)
    // Docker with a graph driver looks layers up by the chain that they stand on, containerd by their blobs.
    const said = kind === 'overlay2' ? pull.bytes + pull.again.bytes : pull.bytes
    expect(real).toBe(said)
    expect(fetched.size).toBe(kind === 'overlay2' ? pull.layers + pull.again.layers : pull.layers)
  })
})

/** Bytes of the layers' blobs, as the manifest of `after` has them. */
async function blobSizes(registry: Registry, repository: string): Promise<ReadonlyMap<string, number>> {
  const from = `docker://${registry.host}/${repository}:after`
  const manifest: { readonly layers: readonly { readonly digest: string; readonly size: number }[] } = JSON.parse(
    await skopeo('inspect', '--raw', '--tls-verify=false', from),
  )
  return new Map(manifest.layers.map(({ digest, size }) => [digest, size]))
}
