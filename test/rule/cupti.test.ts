import fixture from '../../fixtures/rule/cupti.ts'
import rule from '../../src/rule/cupti.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'safe', fix: 'runtime-packages', after: /^RUN apt-get update && apt-get install -y curl$/ },
  { layer: 2, verdict: 'safe', fix: 'runtime-packages', after: /^RUN conda install pytorch$/ },
  {
    layer: 3,
    verdict: 'safe',
    fix: 'copy-libraries',
    after: /^COPY --from=builder \/usr\/local\/cuda-13\.0\/lib64\/lib\*\.so\.\* /,
  },
])
