import fixture from '../../fixtures/rule/installed-twice.ts'
import rule from '../../src/rule/installed-twice.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'check', fix: 'other-base', message: /^layer 0 .*: libssl 3\.0\.1 \(3\.0\.2 by layer 4\)$/ },
  {
    layer: 1,
    verdict: 'safe',
    fix: 'install-once',
    message: /torch 2\.3\.0 \(2\.4\.0 by layer 3\)$/,
    after: /^RUN pip install torch==2\.4\.0 numpy extra$/,
  },
  { layer: 1, verdict: 'check', fix: 'one-environment', message: /numpy 2\.0 \(numpy 2\.1 in \/opt\/venv/ },
])
