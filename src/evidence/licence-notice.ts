import type { EntryId } from '../image/filesystem.ts'
import type { Notice } from '../image/notice.ts'
import type { Evidence } from './evidence.ts'
import { isWithheld } from './toolkit/licence.ts'
import { type Component, toolkitOf } from './toolkit.ts'

const components: readonly Component[] = ['toolchain', 'nsight', 'debuggers', 'cupti', 'headers', 'static-libs']

/**
 * Files of CUDA's development kit that its licence does not name among those that may be handed on with a program: whoever
 * publishes the image hands them on. What came with FROM is NVIDIA's own to publish; wheels are left out, since torch runs on
 * theirs.
 */
export function licenceNotice(evidence: Evidence): Notice[] {
  const { filesystem, base } = evidence
  const withheld: EntryId[] = []
  for (const component of components) {
    for (const { entry, owner } of toolkitOf(evidence).get(component) ?? []) {
      if (owner?.manager === 'pip' || filesystem.kind(entry) !== 'file') continue
      if (base[filesystem.layerOf(entry)] !== true && isWithheld(filesystem.path(entry))) withheld.push(entry)
    }
  }
  const [first] = withheld
  if (first === undefined) return []
  const bytes = withheld.reduce((sum, entry) => sum + filesystem.content(entry), 0)
  const others = withheld.length - 1
  const files = others === 0 ? '' : ` and ${others} other ${others === 1 ? 'file' : 'files'}`
  const what = `${filesystem.path(first)}${files} of the development kit (${bytes.toLocaleString('en-US')} bytes)`
  const message = `CUDA's licence does not list ${what} among what you may hand on with a program: read Attachment A of https://docs.nvidia.com/cuda/eula/ before you publish this image`
  return [{ code: 'cuda-licence', message }]
}
