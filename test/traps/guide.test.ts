import { describe, expect, it } from 'vitest'
import baseImageFixture from '../../fixtures/rule/base-image.ts'
import { library } from '../../src/demo/library.ts'
import { type Content, type Fixture, file, image, type LayerData, type Node, nodesOf, same } from '../fixture.ts'
import { wheel } from '../package.ts'
import { debs } from '../toolkit.ts'
import { advised } from './advised.ts'

type Added = Record<string, Content | Node>

const site = '/usr/local/lib/python3.10/dist-packages'
const mebibyte = 1024 * 1024

describe('the guide’s own Dockerfile', () => {
  const wheels = {
    '/wheels/torch-2.4.0-cp310-cp310-linux_x86_64.whl': 2_500_000,
    '/wheels/numpy-2.0.0-cp310-cp310-linux_x86_64.whl': 18_000,
  }
  const fixture = image(
    { config: {}, base: 1 },
    { run: 'ADD rootfs.tar /', add: { '/etc/os-release': 'ID=ubuntu\n' } },
    { run: 'COPY /wheels /wheels', add: wheels },
    {
      run: 'pip install --no-cache-dir --no-index --find-links=/wheels /wheels/*.whl && rm -rf /wheels',
      add: {
        ...wheel(site, 'torch', '2.4.0', { 'torch/lib/libtorch_cuda.so': 5_000_000 }),
        ...wheel(site, 'numpy', '2.0.0', { 'numpy/core.so': 40_000 }),
      },
      remove: ['/wheels'],
    },
  )

  it('copies wheels in and deletes them in the next RUN: they stay, and a bind mount is what leaves them out', async () => {
    const { report } = await advised(fixture)
    expect(report.size.hidden).toBe(2_518_000)
    const [finding] = report.findings
    expect(finding).toMatchObject({ rule: 'wheels-left', verdict: 'safe', bytes: 2_518_000, saves: 2_518_000 })
    expect(finding?.message).toContain('layer 2 deletes them, which frees nothing')
    expect(finding?.fix).toMatchObject({
      id: 'bind-mount',
      layer: 1,
      before: 'COPY /wheels /wheels',
      after:
        'RUN --mount=type=bind,from=builder,source=/wheels,target=/wheels pip install --no-cache-dir --no-index --find-links=/wheels /wheels/*.whl',
    })
  })

  it('is rebuilt with that, and weighs what was predicted', async () => {
    const { report } = await advised(fixture)
    const [base = {}, , installed = {}] = fixture.layers
    const { remove: _, ...bound } = installed
    const rebuilt = await advised(image({ config: {}, base: 1 }, base, bound))
    expect(rebuilt.report.size.files).toBe(report.savings.after)
    expect(rebuilt.report.size.hidden).toBe(0)
  })
})

describe('what a change would save', () => {
  /** The same image with every file as many times as large. */
  function scaled(fixture: Fixture, by: number): Fixture {
    const grown = (node: Node): Node =>
      node.kind === 'file' && typeof node.content === 'number' ? { ...node, content: node.content * by } : node
    const layers = fixture.layers.map((layer): LayerData => {
      return { ...layer, add: nodesOf(layer).map(([path, node]) => [path, grown(node)] as const) }
    })
    return { ...fixture, layers }
  }

  it('comes from the bytes of this image, not from a table of variants', async () => {
    const bytes = async (by: number) => {
      const { report } = await advised(scaled(baseImageFixture, by))
      return report.findings.filter(({ rule, verdict }) => rule === 'base-image' && verdict !== 'keep')
    }
    const [one, ten] = [await bytes(1), await bytes(10)]
    expect(one.length).toBeGreaterThan(1)
    expect(ten.map(({ fix }) => fix.layer)).toEqual(one.map(({ fix }) => fix.layer))
    // A link's target is a content too, and does not grow.
    for (const [at, finding] of ten.entries()) {
      expect(finding.bytes).toBeGreaterThan(9 * (one[at]?.bytes ?? 0))
      expect(finding.bytes).toBeLessThanOrEqual(10 * (one[at]?.bytes ?? 0))
      expect(finding.message).toContain('~')
      expect(finding.because.join('\n')).toContain('the sum is an estimate')
    }
  })
})

describe('CUPTI', () => {
  const extras = '/usr/local/cuda-12.4/extras/CUPTI/lib64/libcupti.so.2024.1.1'
  const target = '/usr/local/cuda-12.4/targets/x86_64-linux/lib/libcupti.so.2024.1.1'
  const bundled = `${site}/nvidia/cuda_cupti/lib/libcupti.so.12`
  const copied = {
    run: 'COPY --from=devel /usr/local/cuda-12.4 /usr/local/cuda-12.4',
    add: { [extras]: 900, [target]: 901 },
  }
  const install = (version: string, wheels: Added) => ({
    run: 'pip install torch',
    add: { ...wheel(site, 'torch', version, { 'torch/lib/libtorch_cpu.so': 9_000 }), ...wheels },
  })

  it('lies in two places of the toolkit, and in a wheel that torch cannot be imported without', async () => {
    const own = wheel(site, 'nvidia_cuda_cupti_cu12', '12.4.127', { 'nvidia/cuda_cupti/lib/libcupti.so.12': 902 })
    const { told } = await advised(image({ config: {}, base: 0 }, copied, install('2.5.0', own)))
    expect([told[extras], told[target], told[bundled]]).toEqual([['safe cupti'], ['safe cupti'], undefined])
  })

  it('of the toolkit is what a torch without that wheel loads', async () => {
    const { told } = await advised(image({ config: {}, base: 0 }, copied, install('2.4.0a0+nv24.5', {})))
    expect([told[extras], told[target]]).toEqual([['keep cupti'], ['keep cupti']])
  })
})

describe('causes that the guide does not list', () => {
  const kernels = [{ sm_75: 40_000, sm_90: 40_000 }]
  const gpu = library({ soname: 'libkernels.so', code: 900, kernels })
  const weights = same('weights', 2 * mebibyte)
  const owned = (nodes: Record<string, Content>, uid: number) =>
    Object.fromEntries(Object.entries(nodes).map(([path, node]) => [path, file(node, { uid })]))
  const code = { '/srv/api/model.py': same('model', 300_000) }
  const numpy = (version: string) =>
    wheel(site, 'numpy', version, {
      'numpy/core.so': same(version, 200_000),
      'numpy/tests/test_core.py': same('tests', 30_000),
      'numpy/__pycache__/core.cpython-310.pyc': 5_000,
    })
  const fixture = image(
    { config: { command: ['python3', '/srv/api/model.py'] }, base: 1, gpus: ['H100'] },
    { run: 'ADD rootfs.tar /', add: { '/etc/os-release': 'ID=ubuntu\n' } },
    { run: 'pip install numpy==2.0.0', add: numpy('2.0.0') },
    { run: 'pip install --upgrade numpy==2.1.0', add: numpy('2.1.0'), remove: [`${site}/numpy-2.0.0.dist-info`] },
    { run: 'COPY api /srv/api', add: code },
    { run: 'chown -R 1000 /srv/api', add: owned(code, 1000) },
    {
      run: 'apt-get install -y libcublas-dev-12-4',
      add: debs({
        'libcublas-dev-12-4': {
          files: { '/usr/local/cuda-12.4/targets/x86_64-linux/lib/libcublas_static.a': 70_000 },
        },
      }),
    },
    {
      run: 'conda install -y pip',
      add: {
        '/opt/conda/conda-meta/history': '==> now <==\n',
        '/opt/conda/pkgs/urls.txt': 'https://repo.example/pip-24.0-py310_0.conda\n',
        '/opt/conda/pkgs/pip-24.0-py310_0.conda': 60_000,
      },
    },
    {
      run: 'python3 -c "import models; models.download()"',
      add: {
        '/root/.cache/huggingface/hub/models--org--small/blobs/0123abcd': weights,
        '/srv/models/model.safetensors': weights,
        '/root/.cache/pip/http-v2/a/b/c': 50_000,
      },
    },
    {
      run: 'COPY . /srv',
      add: {
        '/srv/.git/HEAD': 'ref: refs/heads/main\n',
        '/srv/.git/packed-refs': '# pack-refs\n',
        '/srv/.git/objects/pack/pack-1.pack': 80_000,
      },
    },
    { run: 'make -C /src install', add: { '/usr/local/lib/libkernels.so': gpu } },
  )

  const known = advised(fixture)

  it.each([
    ['a chown that stores all once more', 'rewritten', '/srv/api/model.py'],
    ['a package that is installed twice', 'installed-twice', `${site}/numpy/core.so`],
    ['static libraries', 'cuda-static-libs', '/usr/local/cuda-12.4/targets/x86_64-linux/lib/libcublas_static.a'],
    ['conda’s packages', 'package-cache', '/opt/conda/pkgs/pip-24.0-py310_0.conda'],
    ['weights that are there twice', 'model-weights', '/srv/models/model.safetensors'],
    ['caches of pip', 'pip-cache', '/root/.cache/pip/http-v2/a/b/c'],
    ['a repository that was copied in', 'vcs-data', '/srv/.git/objects/pack/pack-1.pack'],
    ['code for GPUs that it does not run on', 'unused-gpu-code', '/usr/local/lib/libkernels.so'],
    ['tests', 'python-extras', `${site}/numpy/tests/test_core.py`],
  ])('%s', async (_, rule, path) => {
    const { report, told } = await known
    expect(told[path]?.map(what => what.split(' ')[1])).toContain(rule)
    expect(report.causes.find(({ cause, kind }) => cause === rule && kind === 'waste')?.bytes).toBeGreaterThan(0)
  })
})
