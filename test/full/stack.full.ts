import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { gather } from '../../src/evidence/gather.ts'
import { linksOf } from '../../src/evidence/link/linked.ts'
import { Root } from '../../src/evidence/link/root.ts'
import type { EntryId } from '../../src/image/filesystem.ts'
import type { Image } from '../../src/image/image.ts'
import { makeReport } from '../../src/report/report.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { type Settlement, settle } from '../../src/savings/settle.ts'
import { openImage } from '../../src/source/index.ts'
import { expectBalanced } from '../balance.ts'
import { docker, type Engine, script, withEngines } from '../real/engines.ts'
import { inside, missingIn, traceAll } from '../real/inside.ts'
import { openOptions } from '../real/open-options.ts'
import { cuobjdump, readelf } from './oracles.ts'

/** Whether this PyTorch compiles for the CPU under Debian's Python. */
const stacks = { cu11: false, cu12: true, cu13: true } as const

await withEngines(['overlay2'], 'complete PyTorch stacks', engine => {
  describe.each(Object.entries(stacks))('%s', (stack, compiles) => {
    const tag = `imgaudit-full:${stack}`
    let image: Image
    let evidence: Evidence
    let settlement: Settlement

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'imgaudit-full-'))
      try {
        await script('../full/stack.sh', engine.host, stack, tag, folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      image = await openImage(`docker:${tag}`, openOptions({ env: { DOCKER_HOST: engine.host } }))
      evidence = await gather(image)
      settlement = settle(evidence, candidatesOf(evidence))
    })

    afterAll(async () => {
      await image?.[Symbol.asyncDispose]()
      await docker(engine, 'rmi', '--force', tag)
    })

    it('weighs what the engine says', async () => {
      const report = makeReport(evidence, settlement, '0')
      expectBalanced(report)
      expect(report.size.files).toBe(Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', tag)))
    })

    it('reads of every ELF file what readelf reads', async () => {
      const { compared, differences } = await readelf(engine, tag, evidence)
      expect(differences).toEqual([])
      expect(compared).toBeGreaterThan(500)
    })

    it('counts GPU code by architecture as cuobjdump does where it looks', async () => {
      const { compared, differences } = await cuobjdump(engine, tag, evidence)
      expect(differences).toEqual([])
      expect(compared).toBeGreaterThan(10)
    })

    it('finds every library where the loader finds it', async () => {
      const { compared, differences } = compareLinks(evidence, await traced(engine, tag))
      expect(differences).toEqual([])
      expect(compared).toBeGreaterThan(1000)
    })

    it('runs on without what it calls safe', async () => {
      const smoke = `python3 /app/smoke.py${compiles ? ' --compile' : ''}`
      const paths = safePaths(evidence, settlement)
      expect(paths.length).toBeGreaterThan(20)
      const before = await inside(engine, tag, `${smoke} && echo == && ${traceAll}`)
      const after = await inside(engine, tag, `xargs -0 rm -f -- && ${smoke} && echo == && ${traceAll}`, paths)
      const [saidBefore, linksBefore = ''] = before.split('==\n')
      const [saidAfter, linksAfter = ''] = after.split('==\n')
      expect(saidAfter).toBe(saidBefore)
      const known = new Set(missingIn(linksBefore))
      expect(missingIn(linksAfter).filter(line => !known.has(line))).toEqual([])
    })
  })
})

/** What the image shows and every copy of which some safe finding claims. */
function safePaths({ filesystem }: Evidence, { findings }: Settlement): string[] {
  const safe = new Set<EntryId>()
  for (const { finding, claims } of findings)
    if (finding.verdict === 'safe') for (const { entry, ranges } of claims) if (ranges === undefined) safe.add(entry)
  const paths = new Set<string>()
  for (const entry of safe) {
    const path = filesystem.path(entry)
    if (filesystem.visible(entry) && filesystem.copies(path).every(copy => safe.has(copy))) paths.add(path)
  }
  return [...paths]
}

/** `file name resolved`, as the loader of the image says it. */
async function traced(engine: Engine, tag: string): Promise<string[]> {
  const said = await inside(engine, tag, traceAll)
  return said.split('\n').filter(line => line !== '')
}

/** The loader is asked about each file by itself: what it finds must be among what that file gets here. */
function compareLinks(evidence: Evidence, lines: readonly string[]) {
  const { filesystem } = evidence
  const links = linksOf(evidence)
  const root = new Root(filesystem)
  const inodeAt = (path: string) => {
    const id = filesystem.at(path)
    return id === undefined ? undefined : filesystem.inode(id)
  }
  const differences: string[] = []
  let compared = 0
  for (const line of lines) {
    const [path = '', name = '', found = ''] = line.split(' ')
    const from = inodeAt(path)
    const edges = from === undefined ? [] : links.neededOf(from).filter(edge => edge.name === name)
    // It names what others of the same process need as well; and what a library gets depends on who loads it.
    const first = from !== undefined && links.rootKind(from) !== undefined
    if (edges.length === 0 || (!first && edges.some(({ reach }) => reach !== 'alone'))) continue
    compared++
    const real = found === '-' ? undefined : root.file(found)
    if (!edges.some(({ to }) => to === real))
      differences.push(
        `${line}, not ${edges.map(({ to }) => (to === undefined ? '-' : filesystem.path(to))).join(' or ')}`,
      )
  }
  return { compared, differences }
}
