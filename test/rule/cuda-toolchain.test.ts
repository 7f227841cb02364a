import fixture from '../../fixtures/rule/cuda-toolchain.ts'
import rule from '../../src/rule/cuda-toolchain.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'safe', fix: 'runtime-packages', after: /^RUN apt-get install -y cuda-libraries-12-4 gcc-11$/ },
  { layer: 2, verdict: 'safe', fix: 'dev-stage', because: /no package that is known to compile/ },
])
