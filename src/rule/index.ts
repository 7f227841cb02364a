import aptCache from './apt-cache.ts'
import aptLists from './apt-lists.ts'
import devExtras from './dev-extras.ts'
import duplicateFiles from './duplicate-files.ts'
import installedTwice from './installed-twice.ts'
import modelWeights from './model-weights.ts'
import noHealthcheck from './no-healthcheck.ts'
import packageCache from './package-cache.ts'
import pipCache from './pip-cache.ts'
import pythonExtras from './python-extras.ts'
import removedLater from './removed-later.ts'
import replacedLater from './replaced-later.ts'
import rewritten from './rewritten.ts'
import rootUser from './root-user.ts'
import type { Rule } from './rule.ts'
import secrets from './secrets.ts'
import vcsData from './vcs-data.ts'
import wheelsLeft from './wheels-left.ts'

/**
 * Rules in the order in which their claims settle, in groups: a `keep` finding holds its bytes against every later group
 * but the second (index 1), whose rules speak of copies that the image does not show.
 */
export const groups: readonly (readonly Rule[])[] = [
  [pipCache, packageCache, aptLists, aptCache, wheelsLeft, vcsData],
  [installedTwice, rewritten, removedLater, replacedLater],
  [],
  [devExtras, modelWeights, duplicateFiles, pythonExtras],
  [],
  [secrets, rootUser, noHealthcheck],
]

export const rules: readonly Rule[] = groups.flat()
