import { ImgauditError } from '../error.ts'
import { twoDeep } from '../report/causes.ts'
import { rules } from '../rule/index.ts'
import { nearRules } from '../rule/unknown-rule.ts'

/** What is wrong with the name of a cause that no report can have: a limit on it would hold whatever the image weighs. What
 *  this image does not have is fine. */
export function causeFault(name: string): ImgauditError | undefined {
  if (rules.some(({ id }) => id === name) || managed.test(name)) return undefined
  if (!name.includes('/'))
    return fault(name, nearRules(name) ?? 'name a rule, a package or a folder: pip-cache, pip:torch, /opt/app')
  const folder = twoDeep(`/${name.replace(/^\/+|\/+$/g, '')}/`)
  if (name === folder) return undefined
  return fault(name, `kept bytes are counted by folders two levels deep: did you mean ${folder}?`)
}

const managed = /^(?:dpkg|rpm|apk|conda|pip):./

function fault(name: string, fix: string): ImgauditError {
  return new ImgauditError('RULE_UNKNOWN', `there is no cause ${name}`, fix)
}
