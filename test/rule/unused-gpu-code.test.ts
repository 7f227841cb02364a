import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import fixture from '../../fixtures/rule/unused-gpu-code.ts'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { buildFor } from '../../src/rule/gpu-build.ts'
import type { Finding } from '../../src/rule/rule.ts'
import rule from '../../src/rule/unused-gpu-code.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { settle } from '../../src/savings/settle.ts'
import { examineWith, gpuCode, sharedLibrary } from '../binaries.ts'
import { examine, file, hardlink, image, symlink } from '../fixture.ts'
import { wheel } from '../package.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'check', fix: 'other-base' },
  {
    layer: 1,
    verdict: 'check',
    fix: 'wheel-variant',
    message:
      /^GPU code that A100 \(sm_80\) cannot load, in 1 file of layer 1 \(of Python packages\): .*libtorch_cuda\.so$/,
    because: /libtorch_cuda\.so: 16,256 of .* bytes of GPU code, for sm_75, sm_80, compute_90, sm_90/,
    after: /whl\/cu126, .* with TORCH_CUDA_ARCH_LIST=8\.0 CUDAARCHS=80-real$/,
  },
  {
    layer: 2,
    verdict: 'check',
    fix: 'gpu-architectures',
    after: /-gencode arch=compute_80,code=sm_80\nENV TORCH_CUDA_ARCH_LIST=8\.0 CUDAARCHS=80-real\nRUN make -C \/app$/,
  },
])

it('claims the very ranges that the GPU cannot load', async () => {
  const evidence = await examine(fixture)
  const [, torch] = [...rule.check(evidence)]
  // Entries have headers of 64 bytes; both containers lie behind one another.
  expect(torch?.claims.map(({ ranges }) => ranges?.map(([start, end]) => end - start))).toEqual([
    [4064, 5664 + 864, 5664],
  ])
})

const site = '/usr/lib/python3/site-packages'

/** A finding's claims as `path start-end`. */
function ranges({ filesystem }: Evidence, { claims }: Finding): string[] {
  return claims.flatMap(({ entry, ranges = [] }) =>
    ranges.map(([start, end]) => `${filesystem.layerOf(entry)} ${filesystem.path(entry)} ${start}-${end}`),
  )
}

describe('of code by hand', () => {
  const one = image({ run: 'COPY . /app', add: { '/app/a.so': 1000, '/app/b.so': hardlink('/app/a.so') } })
  const inside = sharedLibrary({
    gpu: gpuCode(100, { overhead: 16, sm_75: 30, sm_80: 40, sm_86: 50, compute_86: 60 }, { sm_90: 70 }),
  })
  const find = async (...gpus: string[]) => {
    const evidence = await examineWith(one, { '/app/a.so': inside }, ...gpus)
    return [...rule.check(evidence)].flatMap(finding => ranges(evidence, finding))
  }

  it('says nothing unless a GPU is named', async () => {
    expect(await find()).toEqual([])
  })

  it.each([
    ['T4', ['0 /app/a.so 146-366']],
    ['A100', ['0 /app/a.so 116-146', '0 /app/a.so 186-366']],
    ['L4', ['0 /app/a.so 116-146', '0 /app/a.so 236-366']],
    ['H100', ['0 /app/a.so 116-236']],
    ['T4,H100', ['0 /app/a.so 146-236']],
    ['MI250', ['0 /app/a.so 116-366']],
    ['T4,A100,L4,H100', []],
  ])('for %s', async (gpus, expected) => {
    expect(await find(gpus)).toEqual(expected)
  })

  it('settles before debug-symbols, to the byte, once for two names', async () => {
    const both = { ...inside, strippable: [{ part: 'debug' as const, start: 400, end: 900 }] }
    const evidence = await examineWith(one, { '/app/a.so': both }, 'H100')
    const { findings } = settle(evidence, candidatesOf(evidence))
    expect(findings.find(finding => finding.rule.id === rule.id)).toMatchObject({ bytes: 120, saves: 120 })
  })

  it('leaves to the PTX that the image forces what it may compile', async () => {
    const forced = { ...one, config: { env: { CUDA_FORCE_PTX_JIT: '1' } } }
    const evidence = await examineWith(forced, { '/app/a.so': inside }, 'L4')
    const [finding] = [...rule.check(evidence)]
    expect(finding && ranges(evidence, finding)).toEqual(['0 /app/a.so 116-146', '0 /app/a.so 296-366'])
    expect(finding?.because.join()).toContain('CUDA_FORCE_PTX_JIT is set')
  })
})

it('has one finding for a layer and for whoever builds the code', async () => {
  const fixture = image(
    {
      run: 'install everything',
      add: {
        ...wheel(site, 'torch', '1', { 'torch/a.so': 500, 'torch/b.so': 500 }),
        ...wheel(site, 'nvidia-nccl-cu13', '1', { 'nvidia/nccl.so': 500 }),
        '/usr/lib/libcublas.so': 500,
        '/usr/lib/libcublas_static.a': 500,
        '/usr/lib/libold.so': 500,
        '/var/lib/dpkg/status': 'Package: libcublas\nStatus: install ok installed\nVersion: 1\n',
        '/var/lib/dpkg/info/libcublas.list': '/usr/lib/libcublas.so\n',
        '/opt/own.so': 500,
      },
    },
    {
      run: 'chown 7 /opt/own.so && ln -sf a /usr/lib/libold.so',
      add: { '/opt/own.so': file(500, { uid: 7 }), '/usr/lib/libold.so': symlink('a') },
    },
  )
  const code = sharedLibrary({ gpu: gpuCode(0, { sm_70: 100, sm_90: 100 }) })
  const paths = [
    '/usr/lib/libcublas.so',
    '/usr/lib/libold.so',
    '/opt/own.so',
    `${site}/torch/a.so`,
    `${site}/torch/b.so`,
    `${site}/nvidia/nccl.so`,
  ]
  const insides = {
    ...Object.fromEntries(paths.map(path => [path, code])),
    '/usr/lib/libcublas_static.a': { ...code, kind: 'archive' as const },
  }
  const evidence = await examineWith(fixture, insides, 'sm_90', 'MI300X')
  const findings = [...rule.check(evidence)]
  expect(findings.map(({ fix, verdict, claims }) => [fix.layer, fix.id, verdict, claims.length])).toEqual([
    [0, 'wheel-variant', 'check', 2],
    // Of a distribution and of NVIDIA's wheels there is one variant.
    [0, 'gpu-packages', 'check', 2],
    [0, 'nvprune', 'check', 1],
    // The visible copy, and the one that the chown stored again.
    [0, 'gpu-architectures', 'check', 2],
  ])
  expect(findings[2]?.fix.after).toBe(
    'RUN install everything && for a in /usr/lib/libcublas_static.a; do nvprune -gencode arch=compute_90,code=sm_90 -o "$a.pruned" "$a" && mv "$a.pruned" "$a" || exit 1; done',
  )
  expect(findings[3]?.fix.after).toContain('ENV TORCH_CUDA_ARCH_LIST=9.0 CUDAARCHS=90-real PYTORCH_ROCM_ARCH=gfx942')
})

it('claims files that ROCm has for one architecture each whole, and finds them by their names', async () => {
  const library = '/opt/rocm/lib/rocblas/library'
  const add = {
    [`${library}/Kernels.so-000-gfx90a-xnack+.hsaco`]: 300,
    [`${library}/Kernels.so-000-gfx942.hsaco`]: 300,
    [`${library}/TensileLibrary_gfx1100.co`]: 200,
    [`${library}/TensileLibrary_gfx942.dat`]: 100,
    [`${library}/TensileLibrary.dat`]: 100,
    '/opt/gfx/notes.txt': 5,
  }
  const fixture = image({ run: 'apt-get install rocblas', add }, { run: 'rm -r /opt/gfx', remove: ['/opt/gfx'] })
  const evidence = await examineWith(fixture, {}, 'MI300X')
  const [finding, ...others] = [...rule.check(evidence)]
  expect(others).toEqual([])
  expect(finding?.claims.map(({ entry, ranges }) => [evidence.filesystem.path(entry), ranges])).toEqual([
    [`${library}/Kernels.so-000-gfx90a-xnack+.hsaco`, undefined],
    [`${library}/TensileLibrary_gfx1100.co`, undefined],
  ])
  expect(finding?.fix).toMatchObject({ id: 'rocm-architectures', layer: 0 })
  expect(finding?.fix.after).toBe(
    `RUN apt-get install rocblas && find ${library} -maxdepth 1 -regextype posix-extended -type f -regex '.*(gfx1100|gfx90a).*[.](co|hsaco)' -delete`,
  )
})

it('says of the command that deletes such files what find makes of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-rocm-'))
  try {
    const names = ['K-gfx90a-xnack+.hsaco', 'K-gfx942.hsaco', 'T_gfx1100.co', 'T_gfx942.dat', 'T.dat']
    for (const name of names) writeFileSync(join(folder, name), 'x')
    const paths = ['K-gfx90a-xnack+.hsaco', 'T_gfx1100.co'].map(name => join(folder, name))
    const { after } = buildFor('files', { targets: [], written: 'RUN true', paths, torch: false })
    execFileSync('sh', ['-c', after.replace(/^RUN /, '')])
    expect(readdirSync(folder).sort()).toEqual(['K-gfx942.hsaco', 'T.dat', 'T_gfx942.dat'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('of libraries that nvcc made', () => {
  const folder = new URL('../../fixtures/gpu-code/', import.meta.url)
  const made: Readonly<Record<string, Made>> = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'))

  interface Made {
    readonly architectures: Readonly<Record<string, { readonly bytes: number }>>
  }

  // sm_75, sm_80, sm_90 and sm_120 with their PTX for 12.0; sm90_only has sm_90 and its PTX.
  it.each([
    ['T4', ['sm_75']],
    ['A100', ['sm_80']],
    ['L4', ['sm_80']],
    ['H100', ['sm_90']],
    ['B200', ['compute_90']],
    ['RTX 5090', ['sm_120', 'compute_90']],
    ['GB10', ['sm_120', 'compute_90']],
    ['T4,H100', ['sm_75', 'sm_90']],
  ])('leaves for %s what it can load, and claims the rest to the byte', async (gpu, loads) => {
    const add = Object.fromEntries(Object.keys(made).map(name => [`/opt/${name}`, readFileSync(new URL(name, folder))]))
    for (const route of ['stream', 'seek'] as const) {
      const evidence = await examine({ ...image({ run: 'make', add }), gpus: [gpu] }, route)
      const claims = [...rule.check(evidence)].flatMap(finding => finding.claims)
      const claimed = claims.map(({ entry, ranges = [] }) => [
        evidence.filesystem.path(entry).slice('/opt/'.length),
        ranges.reduce((sum, [start, end]) => sum + end - start, 0),
      ])
      const expected = Object.entries(made).flatMap(([name, { architectures }]) => {
        const unused = Object.entries(architectures).filter(([arch]) => !loads.includes(arch))
        const bytes = unused.reduce((sum, [, { bytes }]) => sum + bytes, 0)
        return bytes === 0 ? [] : [[name, bytes]]
      })
      expect(Object.fromEntries(claimed)).toEqual(Object.fromEntries(expected))
    }
  })
})
