import { nearest } from '../bytes/nearest.ts'
import { ImgauditError } from '../error.ts'
import { rules } from './index.ts'

/** What is told of a name that no rule has. */
export function unknownRule(name: string): ImgauditError {
  return new ImgauditError('RULE_UNKNOWN', `there is no rule ${name}`, nearRules(name) ?? 'imgaudit rules lists them')
}

/** `did you mean pip-cache?`; undefined where no rule has a name that is near. */
export function nearRules(name: string): string | undefined {
  const near = nearest(
    name,
    rules.map(rule => rule.id),
  )
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`
}
