import fixture from '../../fixtures/rule/model-weights.ts'
import rule from '../../src/rule/model-weights.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'check',
    fix: 'weights-once',
    after: /^ln -sf \/root\/\.cache\/.*0123abcd \/models\/model\.safetensors, in place/,
  },
  {
    layer: 0,
    verdict: 'keep',
    fix: 'mount-weights',
    message: /^weights baked into layer 0: \/root\/\.cache \(2 files\)$/,
  },
  { layer: 1, verdict: 'keep' },
  { layer: 2, verdict: 'keep', message: /\/app\/pytorch_model\.bin$/ },
])
