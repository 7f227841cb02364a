import { expect, it } from 'vitest'
import { gpuCodeOf } from '../../src/report/gpu-code.ts'
import { examineWith, gpuCode, sharedLibrary } from '../binaries.ts'
import { hardlink, image } from '../fixture.ts'

const fixture = image(
  { run: 'pip install torch', add: { '/a.so': 1000, '/b.so': hardlink('/a.so'), '/c.so': 1000, '/old.so': 500 } },
  { run: 'rm /old.so', remove: ['/old.so'] },
)

const insides = {
  '/a.so': sharedLibrary({ gpu: gpuCode(0, { overhead: 16, sm_80: 100, sm_90: 200, compute_80: 50 }, { sm_80: 30 }) }),
  '/c.so': sharedLibrary({ gpu: gpuCode(0, { overhead: 16, compute_80: 40 }) }),
  '/old.so': sharedLibrary({ gpu: gpuCode(0, { sm_50: 400 }) }),
}

const sums = (rows: ReturnType<typeof gpuCodeOf>) => rows.map(({ arch, bytes, count }) => [arch, bytes, count])

it('counts what the image shows, each content once, the largest first', async () => {
  const rows = gpuCodeOf(await examineWith(fixture, insides))
  expect(sums(rows)).toEqual([
    ['sm_90', 200, 1],
    ['sm_80', 130, 1],
    ['compute_80', 90, 2],
    ['', 32, 2],
  ])
  expect(rows[0]).toEqual({
    arch: 'sm_90',
    kind: 'machine',
    bytes: 200,
    unpacked: 600,
    count: 1,
    gpus: null,
    unused: null,
  })
})

it('says what the named GPUs can load, container by container', async () => {
  const rows = gpuCodeOf(await examineWith(fixture, insides, 'H100', 'gfx90a'))
  expect(rows.map(({ arch, gpus, unused }) => [arch, gpus, unused])).toEqual([
    ['sm_90', ['H100'], 0],
    ['sm_80', [], 130],
    // Beside code for the H100 it is never compiled; by itself it is.
    ['compute_80', ['H100'], 50],
    ['', [], 0],
  ])
})

it('is empty where there is none', async () => {
  expect(gpuCodeOf(await examineWith(image({ add: { '/a': 1 } }), {}, 'H100'))).toEqual([])
})
