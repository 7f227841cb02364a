import fixture, { started } from '../../fixtures/rule/nsight.ts'
import rule from '../../src/rule/nsight.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'check',
    fix: 'smaller-base',
    message: /of cuda-nsight-compute-12-4, nsight-compute-2024\.1\.1: /,
    because: /came with FROM/,
    after: /^FROM nvidia\/cuda:12\.4\.1-runtime-ubuntu22\.04$/,
  },
  { layer: 1, verdict: 'safe', fix: 'runtime-packages', after: /^RUN apt-get update && apt-get install -y python3$/ },
  { layer: 2, verdict: 'safe', fix: 'builder-stage', message: /of no package: \/srv\/cuda-11\.8 \(3 files\)/ },
  { layer: 3, verdict: 'safe', fix: 'dev-stage', after: /^FROM prod AS dev\nRUN conda install nsight-compute$/ },
])

testRule(rule, started, [{ verdict: 'keep', because: /the image starts nsys/ }])
