import fixture from '../../fixtures/rule/cuda-debuggers.ts'
import rule from '../../src/rule/cuda-debuggers.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'safe',
    message: /of libcuinj64-11\.8, nvidia-cuda-gdb, nvidia-cuda-toolkit, nvidia-profiler: /,
  },
  { layer: 1, verdict: 'safe', fix: 'builder-stage', message: /of no package: \/usr\/local\/cuda-11\.8 / },
  { layer: 2, verdict: 'safe', fix: 'dev-stage' },
])
