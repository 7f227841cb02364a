import fixture from '../../fixtures/rule/tensorrt-builder.ts'
import rule from '../../src/rule/tensorrt-builder.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'check',
    fix: 'rm-in-run',
    message: /in layer 0, of libnvinfer10: \/usr\/lib\/x86_64-linux-gnu \(2 files\)/,
    after: /&& rm -f \/usr\/lib\/x86_64-linux-gnu\/libnvinfer_builder_resource\*$/,
  },
  { layer: 1, verdict: 'check', after: /rm -f \S+tensorrt_libs\/libnvinfer_builder_resource\*$/ },
])
