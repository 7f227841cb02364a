import { type BaseImage, baseImage } from '../../src/evidence/base-family.ts'
import type { Finding, Rule } from '../../src/rule/rule.ts'
import { type ConfigData, type Content, examine, type Fixture, image, type LayerData, type Node } from '../fixture.ts'
import { type DebianRecord, debianRecords, wheel } from '../package.ts'

export const site = '/usr/local/lib/python3.10/dist-packages'
export const toolkit = '/usr/local/cuda-12.4/targets/x86_64-linux/lib'
export const triplet = '/usr/lib/x86_64-linux-gnu'

type Added = Record<string, Content | Node>

/** Libraries of the toolkit and the distribution as packages of dpkg, each file of 1,000 bytes. */
export function systemCuda(
  packages: Readonly<Record<string, readonly string[]>>,
  more: Record<string, DebianRecord> = {},
): Added {
  const records = Object.fromEntries(
    Object.entries(packages).map(([name, files]) => [name, { version: '12.4.5.8-1', files }]),
  )
  const files = [...Object.values(packages).flat(), ...Object.values(more).flatMap(({ files: own = [] }) => own)]
  return { ...debianRecords({ ...records, ...more }), ...Object.fromEntries(files.map(path => [path, 1_000])) }
}

/** The usual ones: cuBLAS, cuFFT and NPP of the toolkit, cuDNN and NCCL of the distribution's folders. */
export const usual = systemCuda({
  'libcublas-12-4': [`${toolkit}/libcublas.so.12.4.5.8`],
  'libcufft-12-4': [`${toolkit}/libcufft.so.11.2.1.3`],
  'libnpp-12-4': [`${toolkit}/libnppc.so.12.2.5.30`],
  'libcudnn9-cuda-12': [`${triplet}/libcudnn.so.9.1.0`],
  libnccl2: [`${triplet}/libnccl.so.2.21.5`],
})

/** NVIDIA's wheels as torch brings them, into one site-packages. */
export function nvidiaWheels(root = site): Added {
  return {
    ...wheel(root, 'nvidia_cublas_cu12', '12.4.5.8', { 'nvidia/cublas/lib/libcublas.so.12': 1_000 }),
    ...wheel(root, 'nvidia_cufft_cu12', '11.2.1.3', { 'nvidia/cufft/lib/libcufft.so.11': 1_000 }),
    ...wheel(root, 'nvidia_cudnn_cu12', '9.1.0.70', { 'nvidia/cudnn/lib/libcudnn.so.9': 1_000 }),
    ...wheel(root, 'nvidia_nccl_cu12', '2.21.5', { 'nvidia/nccl/lib/libnccl.so.2': 1_000 }),
    ...wheel(root, 'nvidia_cuda_cupti_cu12', '12.4.127', { 'nvidia/cuda_cupti/lib/libcupti.so.12': 1_000 }),
  }
}

export function torchWheel(root = site): Added {
  return wheel(root, 'torch', '2.5.0', { 'torch/lib/libtorch_cuda.so': 2_000 })
}

export function plainWheel(name: string, version = '1.0', root = site): Added {
  return wheel(root, name, version, { [`${name.replaceAll('-', '_')}/x.py`]: 50 })
}

/** What a rule says of an image of one layer for each of these. */
export async function judged(rule: Rule, config: ConfigData, ...layers: readonly Added[]) {
  return judgedFixture(
    rule,
    image({ config, base: 0 }, ...layers.map((add, at): LayerData => ({ run: `step ${at}`, add }))),
  )
}

export async function judgedFixture(rule: Rule, fixture: Fixture) {
  const evidence = await examine(fixture)
  const findings: Finding[] = [...rule.check(evidence)]
  const verdicts: Record<string, string> = {}
  for (const { verdict, claims } of findings) {
    for (const { entry } of claims) verdicts[evidence.filesystem.path(entry)] = verdict
  }
  return { evidence, findings, verdicts, because: findings.flatMap(finding => finding.because).join('\n') }
}

/** The base of an image that has nothing but a configuration and an os-release. */
export async function baseOf(
  config: ConfigData,
  release = 'ID=ubuntu\nVERSION_ID="22.04"\n',
  ...runs: readonly string[]
): Promise<BaseImage> {
  const layers = runs.map((run, at): LayerData => ({ run, add: { [`/layer/${at}`]: 10 } }))
  return baseImage(
    await examine(image({ config }, { run: 'ADD rootfs.tar /', add: { '/etc/os-release': release } }, ...layers)),
  )
}
