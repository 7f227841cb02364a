import { sameName, splitName } from '../../image/reference.ts'
import type { Inspection } from './inspect.ts'

/** The digest under which the registry that the name is of knows it, else any registry. */
export function registryDigest(found: Pick<Inspection, 'repositoryDigests'>, name: string): string | undefined {
  const { repository } = splitName(name)
  const own = found.repositoryDigests.find(digest => sameName(splitName(digest).repository, repository))
  return splitName(own ?? found.repositoryDigests[0] ?? '').digest
}
