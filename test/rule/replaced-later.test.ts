import fixture from '../../fixtures/rule/replaced-later.ts'
import rule from '../../src/rule/replaced-later.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'keep', fix: 'fewer-runs' },
  {
    layer: 0,
    verdict: 'check',
    fix: 'other-base',
    message: /^\/usr\/lib\/libssl\.so of layer 0: layer 2 writes it anew$/,
  },
  { layer: 1, verdict: 'safe', fix: 'one-run', after: /^RUN make install && apt-get upgrade$/ },
  { layer: 1, verdict: 'safe', fix: 'one-run', message: /\/opt\/tool \(2 files\)/ },
  { layer: 1, verdict: 'safe', message: /^\/opt\/live / },
  { layer: 2, verdict: 'keep' },
  { layer: 6, verdict: 'safe', fix: 'copy-less', message: /twice/ },
])
