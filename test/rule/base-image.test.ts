import { describe, expect, it } from 'vitest'
import fixture from '../../fixtures/rule/base-image.ts'
import rule from '../../src/rule/base-image.ts'
import { image } from '../fixture.ts'
import { judgedFixture, nvidiaWheels, plainWheel, systemCuda, toolkit, torchWheel, usual } from './cuda-image.ts'
import { testRule } from './test-rule.ts'

const after = /^FROM nvidia\/cuda:12\.4\.1-base-ubuntu22\.04$/

testRule(rule, fixture, [
  {
    layer: 2,
    verdict: 'check',
    fix: 'smaller-base',
    message:
      /^FROM nvidia\/cuda:12\.4\.1-cudnn-devel-ubuntu22\.04, layer 2: ~12,321 bytes in 4 files that nvidia\/cuda:12\.4\.1-base-ubuntu22\.04 does not have: libcublas-12-4, libnpp-12-4$/,
    because: /NV_CUDA_CUDART_VERSION is set[\s\S]*no package or program of it is known to need/,
    after,
  },
  { layer: 4, verdict: 'check', message: /: libcublas-dev-12-4, cuda-nvcc-12-4, cuda-cudart-dev-12-4$/, after },
  { layer: 5, verdict: 'check', message: /~500 bytes in 1 file .*: cuDNN$/, after },
])

const include = '/usr/local/cuda-12.4/targets/x86_64-linux/include/cuda.h'
const gdb = '/usr/local/cuda-12.4/bin/cuda-gdb'
const devel = systemCuda({ 'cuda-cudart-dev-12-4': [include], 'cuda-gdb-12-4': [gdb] })
const cublas = `${toolkit}/libcublas.so.12.4.5.8`

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: history has variables as they were written
/** FROM devel or runtime, with these packages on top. */
function built(variant: 'runtime' | 'devel', ...packages: readonly Parameters<typeof Object.assign>[0][]) {
  const env = {
    NV_CUDA_CUDART_VERSION: '12.4.127-1',
    NV_CUDA_LIB_VERSION: '12.4.1-1',
    ...(variant === 'devel' ? { NV_CUDA_CUDART_DEV_VERSION: '12.4.127-1' } : {}),
  }
  return image(
    { config: { env } },
    { run: 'ADD rootfs.tar /', add: { '/etc/os-release': 'ID=ubuntu\nVERSION_ID="22.04"\n' } },
    { run: 'apt-get install cuda-libraries-12-4=${NV_CUDA_LIB_VERSION}', add: usual },
    ...(variant === 'devel'
      ? [{ run: 'apt-get install cuda-cudart-dev-12-4=${NV_CUDA_CUDART_DEV_VERSION}', add: devel }]
      : []),
    { run: 'pip install -r requirements.txt', add: Object.assign({}, ...packages) },
  )
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: to here

const torch = [torchWheel(), nvidiaWheels()]

describe('what is installed decides', () => {
  const told = async (...given: Parameters<typeof built>) => {
    const { verdicts, findings } = await judgedFixture(rule, built(...given))
    const texts = new Set(findings.filter(({ verdict }) => verdict !== 'keep').map(({ fix }) => fix.after))
    return { verdicts: [verdicts[cublas], verdicts[include], verdicts[gdb]], after: [...texts] }
  }

  it('torch: neither runtime nor devel', async () => {
    expect(await told('devel', ...torch)).toEqual({
      verdicts: ['check', 'check', 'check'],
      after: ['FROM nvidia/cuda:12.4.1-base-ubuntu22.04'],
    })
  })

  it('nothing that brings libraries: runtime', async () => {
    expect(await told('devel', plainWheel('numpy'))).toEqual({
      verdicts: [undefined, 'check', 'check'],
      after: ['FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04'],
    })
    expect(await told('runtime', plainWheel('numpy'))).toEqual({
      verdicts: [undefined, undefined, undefined],
      after: [],
    })
  })

  it('torch beside onnxruntime-gpu: base, with what that loads', async () => {
    expect(await told('runtime', ...torch, plainWheel('onnxruntime-gpu', '1.20'))).toEqual({
      verdicts: ['keep', undefined, undefined],
      after: [
        'FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nRUN apt-get update && apt-get install -y --no-install-recommends libcublas-12-4 libcudnn9-cuda-12 libcufft-12-4',
      ],
    })
  })

  it('plain TensorFlow: runtime, which it needs', async () => {
    expect(await told('devel', plainWheel('tensorflow', '2.18'))).toEqual({
      verdicts: ['keep', 'check', 'check'],
      after: ['FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04'],
    })
  })

  it('DeepSpeed: what compiles stays, what debugs goes', async () => {
    expect(await told('devel', ...torch, plainWheel('deepspeed', '0.15'))).toEqual({
      verdicts: ['check', 'keep', 'check'],
      after: [
        'FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nRUN apt-get update && apt-get install -y --no-install-recommends cuda-minimal-build-12-4',
      ],
    })
  })
})

it('tells by packages where the history is lost', async () => {
  const whole = built('devel', ...torch)
  const add = Object.assign({}, ...whole.layers.map(layer => layer.add))
  const records = { ...usual, ...devel }
  for (const key of ['/var/lib/dpkg/status', '/var/lib/apt/extended_states']) {
    records[key] = `${usual[key]}\n${devel[key]}`
  }
  const { verdicts } = await judgedFixture(rule, image({ config: whole.config }, { add: { ...add, ...records } }))
  expect(verdicts).toMatchObject({ [cublas]: 'check', [include]: 'check', [gdb]: 'check' })
  expect(verdicts).not.toHaveProperty(['/etc/os-release'])
})

it('says nothing of a base that is no variant of nvidia/cuda', async () => {
  const plain = { ...built('devel', ...torch), config: {} }
  const history = plain.layers.map(layer => ({ ...layer, run: 'RUN true' }))
  expect((await judgedFixture(rule, { ...plain, layers: history })).findings).toEqual([])
})
