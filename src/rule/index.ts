import aptCache from './apt-cache.ts'
import aptLists from './apt-lists.ts'
import baseImage from './base-image.ts'
import buildTools from './build-tools.ts'
import cudaDebuggers from './cuda-debuggers.ts'
import cudaDuplicate from './cuda-duplicate.ts'
import cudaHeaders from './cuda-headers.ts'
import cudaStaticLibs from './cuda-static-libs.ts'
import cudaToolchain from './cuda-toolchain.ts'
import cupti from './cupti.ts'
import debugSymbols from './debug-symbols.ts'
import devExtras from './dev-extras.ts'
import duplicateFiles from './duplicate-files.ts'
import installedTwice from './installed-twice.ts'
import modelWeights from './model-weights.ts'
import noHealthcheck from './no-healthcheck.ts'
import nsight from './nsight.ts'
import packageCache from './package-cache.ts'
import pipCache from './pip-cache.ts'
import pythonExtras from './python-extras.ts'
import removedLater from './removed-later.ts'
import replacedLater from './replaced-later.ts'
import rewritten from './rewritten.ts'
import rootUser from './root-user.ts'
import type { Rule } from './rule.ts'
import secrets from './secrets.ts'
import tensorrtBuilder from './tensorrt-builder.ts'
import unusedGpuCode from './unused-gpu-code.ts'
import vcsData from './vcs-data.ts'
import wheelsLeft from './wheels-left.ts'

/**
 * Rules in the order in which their claims settle, in groups: a `keep` finding holds its bytes against every later group
 * but the second (index 1), whose rules speak of copies that the image does not show.
 */
export const groups: readonly (readonly Rule[])[] = [
  [pipCache, packageCache, aptLists, aptCache, wheelsLeft, vcsData],
  [installedTwice, rewritten, removedLater, replacedLater],
  [nsight, cupti, cudaDebuggers, cudaHeaders, cudaStaticLibs, cudaToolchain, tensorrtBuilder],
  [cudaDuplicate, buildTools, devExtras, modelWeights, unusedGpuCode, debugSymbols, duplicateFiles, pythonExtras],
  [baseImage],
  [secrets, rootUser, noHealthcheck],
]

export const rules: readonly Rule[] = groups.flat()
