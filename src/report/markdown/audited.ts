import type { Report } from '../schema.ts'
import { code } from './code.ts'

/** What exactly was audited: digests, so that a reader can look it up, and how it was read. */
export function audited({ platform, source, digest, id, created }: Report['image']): string {
  const facts = [
    code(platform),
    `read from ${code(source)}`,
    ...(created === null ? [] : [`made ${code(created)}`]),
    ...(digest === null ? [] : [`manifest ${code(digest)}`]),
    `configuration ${code(id)}`,
  ]
  return facts.join(' · ')
}
