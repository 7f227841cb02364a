import type { Notice } from '../image/notice.ts'
import { baseName } from '../image/path.ts'
import { cudaLibraries } from './cuda-libraries.ts'
import type { Evidence } from './evidence.ts'
import { gpuNotices } from './gpu-notices.ts'
import { licenceNotice } from './licence-notice.ts'
import { linksOf } from './link/linked.ts'
import { unreadBinaries } from './unread-binaries.ts'

/** What a reader should know of how far the evidence goes. */
export function evidenceNotices(evidence: Evidence): Notice[] {
  return [
    ...hashedLibraries(evidence),
    ...gpuNotices(evidence),
    ...unreadBinaries(evidence),
    ...linksOf(evidence).notices,
    ...licenceNotice(evidence),
  ]
}

function hashedLibraries(evidence: Evidence): Notice[] {
  const { hashed } = cudaLibraries(evidence)
  const [first] = hashed
  if (first === undefined) return []
  const name = baseName(evidence.filesystem.path(first))
  const others = hashed.length === 1 ? '' : `, one of ${hashed.length}`
  return [
    {
      code: 'CUDA_LIBRARY_HASHED',
      message: `${name} is a CUDA library${others} whose name a wheel made unique: what it is a copy of cannot be told by name, so cuda-duplicate leaves it out`,
    },
  ]
}
