import fixture from '../../fixtures/rule/apt-lists.ts'
import rule from '../../src/rule/apt-lists.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'check', fix: 'other-base' },
  {
    layer: 1,
    verdict: 'safe',
    fix: 'apt-clean',
    message: /layer 2 deletes 1 of them, which frees nothing$/,
    after: /^RUN apt-get update && apt-get install -y curl && apt-get clean && rm -rf \/var\/lib\/apt\/lists\/\*$/,
  },
  { layer: 3, verdict: 'safe', after: /^RUN apt-get update && apt-get install -y … && apt-get clean && rm -rf/ },
  { layer: 4, verdict: 'safe', fix: 'dockerignore' },
])
