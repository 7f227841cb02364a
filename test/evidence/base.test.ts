import { describe, expect, it } from 'vitest'
import { baseOf } from '../../src/evidence/base.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import { type Fixture, image, openFixture } from '../fixture.ts'

const root = { run: 'ADD rootfs.tar.xz /', add: { '/usr/lib/os-release': 'ID=debian\n' } }
const app = { run: 'COPY . /app', add: { '/app/main.py': 10 } }

async function base(fixture: Fixture, options: Parameters<typeof baseOf>[2] = {}) {
  const opened = await openFixture(fixture)
  return baseOf(opened, new Filesystem(opened.layers), options)
}

describe('what came with FROM', () => {
  it('is the root file system, through the layer that first writes os-release', async () => {
    expect(await base(image(root, app))).toEqual([true, false])
    expect(await base(image({ run: '', add: { '/etc/os-release': 'ID=debian\n' } }, app))).toEqual([true, false])
  })

  it('is unknown where nothing tells', async () => {
    expect(await base(image({ add: { '/app/tool': 10 } }, app))).toEqual([null, null])
  })

  it('is the block of nvidia/cuda, with the files that its Dockerfiles copy behind it', async () => {
    const cuda = (run: string) => ({ run, add: { [`/made/by/${run.length}`]: 10 } })
    const layers = [
      root,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: history has variables as they were written
      cuda('apt-get install -y cuda-cudart-12-4=${NV_CUDA_CUDART_VERSION}'),
      cuda('echo "/usr/local/nvidia/lib" >> /etc/ld.so.conf.d/nvidia.conf'),
      cuda('COPY NGC-DL-CONTAINER-LICENSE / # buildkit'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: history has variables as they were written
      cuda('apt-get install -y cuda-libraries-12-4=${NV_CUDA_LIB_VERSION}'),
      cuda('COPY entrypoint.d/ /opt/nvidia/entrypoint.d/ # buildkit'),
      cuda('COPY nvidia_entrypoint.sh /opt/nvidia/ # buildkit'),
      app,
      cuda('COPY nvidia_entrypoint.sh /my/own # buildkit'),
    ]
    expect(await base({ config: {}, layers })).toEqual([...Array(7).fill(true), false, false])
  })

  it('is what the user says', async () => {
    const { config } = await openFixture(image(root, app))
    const [first = '', second = ''] = config.diffIds
    expect(await base(image(root, app), { baseLayers: 2 })).toEqual([true, true])
    expect(await base(image(root, app), { baseDiffIds: [first] })).toEqual([true, false])
    await expect(base(image(root, app), { baseLayers: 3 })).rejects.toMatchObject({
      code: 'BASE_MISMATCH',
      exitCode: 2,
    })
    await expect(base(image(root, app), { baseDiffIds: [second] })).rejects.toMatchObject({ code: 'BASE_MISMATCH' })
  })
})
