import { parentPath } from '../image/path.ts'
import { foldersAround } from './folders-around.ts'
import type { Owner } from './owners.ts'

/** Who brings a copy of a library, and so who looks for it there. */
export interface Provider {
  /**
   * toolkit: below CUDA's own folder. system: where the loader looks anyway. folder: put somewhere by hand.
   * wheels: NVIDIA's, for whatever in that environment needs them. bundled: inside another Python package, for itself.
   * conda: in the `lib` of a prefix.
   */
  readonly kind: 'toolkit' | 'system' | 'folder' | 'wheels' | 'bundled' | 'conda'
  /** The toolkit's folder, the folder of libraries, the site-packages, or the prefix. */
  readonly place: string
  /** Prefix of the environment of Python that it belongs to; undefined outside of one. */
  readonly environment?: string
  /** The package that it is inside of. */
  readonly package?: string
}

const systemFolder = /^\/(?:usr\/(?:local\/)?)?lib(?:64)?(?:\/[^/]+-linux-gnu)?$/
const nvidiaWheel = /^(?:nvidia-.*|cutensor-cu\d+)$/

/** Who brings a library that lies at a path; prefixes are conda's. */
export function provider(
  path: string,
  owner: Owner | undefined,
  { toolkits, prefixes }: { readonly toolkits: ReadonlySet<string>; readonly prefixes: ReadonlySet<string> },
): Provider {
  const toolkit = [...foldersAround(toolkits, path)].at(-1)
  if (toolkit !== undefined) return { kind: 'toolkit', place: toolkit }
  // Environments lie below the one that made them.
  const [prefix] = foldersAround(prefixes, path)
  const site = owner?.manager === 'pip' ? owner.root : sitePackages(path)
  if (site !== undefined) {
    const environment = prefix ?? site.replace(/\/lib(?:64)?\/python[^/]*\/(?:site|dist)-packages$/, '')
    const [folder = ''] = path.slice(site.length + 1).split('/')
    if (folder === 'nvidia' || nvidiaWheel.test(owner?.name ?? '')) return { kind: 'wheels', place: site, environment }
    return { kind: 'bundled', place: site, environment, package: owner?.name ?? folder }
  }
  if (prefix !== undefined && owner?.manager !== 'dpkg') return { kind: 'conda', place: prefix, environment: prefix }
  const folder = parentPath(path)
  return systemFolder.test(folder) ? { kind: 'system', place: folder } : { kind: 'folder', place: folder }
}

function sitePackages(path: string): string | undefined {
  return /^(.*\/(?:site|dist)-packages)\//.exec(path)?.[1]
}

/** `the toolkit in /usr/local/cuda-12.4`. */
export function providerText({ kind, place, package: inside }: Provider): string {
  switch (kind) {
    case 'toolkit':
      return `the toolkit in ${place}`
    case 'wheels':
      return `NVIDIA's wheels in ${place}`
    case 'bundled':
      return `${inside} in ${place}`
    case 'conda':
      return `conda in ${place}`
    default:
      return place
  }
}
