import fixture from '../../fixtures/rule/duplicate-files.ts'
import rule from '../../src/rule/duplicate-files.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'keep', message: /^1 file of layer 0 / },
  {
    layer: 1,
    verdict: 'check',
    fix: 'symlink-copies',
    message: /^2 files of layer 1 .*: \/app\/tests\/data is \/app\/data$/,
  },
  {
    layer: 3,
    verdict: 'check',
    after: / && ln -sf \/usr\/lib\/python3\/site-packages\/tool\/table\.bin \/app\/table$/,
  },
  { layer: 2, verdict: 'check', because: /SHA-256/ },
])
