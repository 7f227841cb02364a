import fixture from '../../fixtures/rule/cuda-static-libs.ts'
import rule from '../../src/rule/cuda-static-libs.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'safe',
    fix: 'runtime-packages',
    after: /^RUN apt-get install -y cuda-libraries-12-4 libnccl2 libcurl4-openssl-dev$/,
  },
  { layer: 1, verdict: 'safe', fix: 'dockerignore', after: /\/usr\/lib64\/libnccl_static\.a in \.dockerignore/ },
  {
    layer: 2,
    verdict: 'safe',
    fix: 'rm-in-run',
    after:
      /^RUN pip install triton nvidia-cuda-runtime numpy && rm \S+libcupti_static\.a && rm \S+libcudart_static\.a$/,
  },
  { layer: 3, verdict: 'safe', fix: 'dev-stage' },
])
