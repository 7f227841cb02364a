import fixture from '../../fixtures/rule/apt-cache.ts'
import rule from '../../src/rule/apt-cache.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'safe',
    fix: 'apt-clean',
    message: /layer 1 deletes 3 of them, which frees nothing; layer 2 replaces 1 of them, which frees nothing$/,
    after: /-y gdb && rm -rf \/var\/lib\/apt\/lists\/\* && apt-get clean$/,
    because: /nothing tells whether layer 0 came with FROM/,
  },
  { layer: 2, verdict: 'safe', after: /upgrade && apt-get clean && rm -rf \/var\/lib\/apt\/lists\/\*$/ },
])
