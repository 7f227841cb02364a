import fixture from '../../fixtures/rule/python-extras.ts'
import rule from '../../src/rule/python-extras.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'check',
    fix: 'no-package-tests',
    message: /^tests of Python packages of layer 1: .*\/numpy \(3 files\)$/,
  },
  {
    layer: 1,
    verdict: 'check',
    fix: 'no-bytecode',
    after: /^ENV PYTHONDONTWRITEBYTECODE=1\nRUN pip install --no-compile numpy$/,
  },
  {
    layer: 0,
    verdict: 'check',
    fix: 'no-docs',
    message: /^documentation of layer 0/,
    after: /^RUN printf .* && apt-get install -y tool$/,
  },
  { layer: 0, verdict: 'check', fix: 'no-docs', message: /^manual pages/ },
  { layer: 0, verdict: 'check', fix: 'no-translations' },
])
