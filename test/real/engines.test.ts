import { expect, it } from 'vitest'
import { buildah, docker, podman, withEngines } from './engines.ts'

await withEngines(['overlay2', 'containerd', 'podman'], 'the engines', (overlay2, containerd, podmanEngine) => {
  it('run side by side, each with a store of its own', async () => {
    expect(await docker(overlay2, 'info', '--format', '{{.Driver}}')).toBe('overlay2\n')
    expect(await docker(containerd, 'info', '--format', '{{.Driver}}')).toBe('overlayfs\n')
    expect(await podman(podmanEngine, 'info', '--format', '{{.Store.GraphRoot}}')).toBe(
      `${podmanEngine.variables.IMGAUDIT_PODMAN_ROOT}\n`,
    )
    expect(await buildah(podmanEngine, 'info', '--format', '{{.store.GraphRoot}}')).toContain(
      podmanEngine.variables.IMGAUDIT_PODMAN_ROOT,
    )
  })
})
