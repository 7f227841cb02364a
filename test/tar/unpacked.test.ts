import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { digest, legacyArchive } from '../archive.ts'
import { docker, run, withEngines } from '../real/engines.ts'
import { cases } from './cases/index.ts'
import { ours } from './oracle/ours.ts'
import type { Told } from './oracle/told.ts'

/** What another reader reads otherwise, and Go as we do: no traps on the way out of a folder, no large files, and nothing of
 *  the old sparse format, which engines refuse though Go reads it. */
const disputed = cases.filter(each => {
  const others = each['GNU tar'] ?? each.libarchive ?? each.Python
  const strange = each.ours.some(line => /^error|\.\.|^\S+ \d{7}|^hardlink/.test(line)) || each.name.startsWith('GNU, ')
  return others !== undefined && each.Go === undefined && !strange
})

/** What Go refuses, or gives out with a flag that it does not know. */
const refused = cases.filter(each => each.Go?.says.some(line => line === 'error' || line.startsWith('flag')))

await withEngines(['overlay2'], `${disputed.length} archives that readers dispute, as layers`, engine => {
  let folder = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
    const images = disputed.map(({ bytes }, at) => ({ layers: [bytes], name: `disputed:${at}` }))
    writeFileSync(join(folder, 'images.tar'), await legacyArchive(...images))
    await docker(engine, 'load', '-q', '-i', join(folder, 'images.tar'))
  })

  afterAll(async () => {
    await docker(engine, 'rmi', '-f', ...disputed.map((_, at) => `disputed:${at}`))
    rmSync(folder, { recursive: true })
  })

  it('are unpacked as we read them', async () => {
    expect(disputed.length).toBeGreaterThan(20)
    const tags = disputed.map((_, at) => `disputed:${at}`)
    const facts = JSON.parse(await docker(engine, 'image', 'inspect', ...tags)) as Inspected[]
    for (const [at, { name, bytes }] of disputed.entries()) {
      const { members } = await ours(bytes)
      expect(facts[at]?.RootFS.Layers).toEqual([digest(bytes)])
      const listed = await run('find', [
        facts[at]?.GraphDriver.Data.UpperDir ?? '',
        '-mindepth',
        '1',
        '-printf',
        '%P\t%y\t%s\n',
      ])
      const theirs = listed.split('\n').filter(line => line !== '' && !line.includes('\td\t'))
      expect({ name, files: theirs.sort() }).toEqual({ name, files: files(members) })
    }
  })

  it('are refused where Go refuses them, or does not know a flag', async () => {
    expect(refused.length).toBeGreaterThan(10)
    const loads = refused.map(async ({ name, bytes }, at) => {
      const path = join(folder, `refused-${at}.tar`)
      writeFileSync(path, await legacyArchive({ layers: [bytes], name: `refused:${at}` }))
      const load = docker(engine, 'load', '-q', '-i', path)
      return load.then(
        () => [name],
        () => [],
      )
    })
    expect((await Promise.all(loads)).flat()).toEqual([])
  })
})

interface Inspected {
  readonly GraphDriver: { readonly Data: { readonly UpperDir: string } }
  readonly RootFS: { readonly Layers: readonly string[] }
}

const letters: Record<string, string> = { file: 'f', symlink: 'l', fifo: 'p', device: 'c' }

/** All but folders, as `find` prints them. */
function files(members: readonly Told[]): string[] {
  const shown = members.map(({ name, type, size, target }) => {
    const path = posix.resolve('/', Buffer.from(name, 'hex').toString()).slice(1)
    return `${path}\t${letters[type]}\t${type === 'symlink' ? target.length / 2 : size}`
  })
  return shown.filter((_, at) => members[at]?.type !== 'directory').sort()
}
