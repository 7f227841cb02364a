import fixture from '../../fixtures/rule/cuda-headers.ts'
import rule from '../../src/rule/cuda-headers.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'safe',
    fix: 'runtime-packages',
    after: /install -y cuda-cudart-12-4 libcudnn9-cuda-12 libnccl2=2\.21\.5-1 libcudart11\.0 curl$/,
  },
  {
    layer: 2,
    verdict: 'safe',
    fix: 'copy-libraries',
    after: /^COPY --from=builder \/usr\/local\/cuda\/lib64\/lib\*\.so\.\* /,
  },
  { layer: 4, verdict: 'safe', fix: 'runtime-packages', after: /^RUN conda install libcublas$/ },
])
