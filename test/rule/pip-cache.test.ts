import fixture from '../../fixtures/rule/pip-cache.ts'
import rule from '../../src/rule/pip-cache.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'safe',
    fix: 'pip-no-cache',
    message: /^pip's cache: 5 files in \/root\/\.cache\/pip; layer 6 deletes them, which frees nothing$/,
    after: /^RUN pip install --no-cache-dir torch$/,
  },
  {
    layer: 2,
    fix: 'pip-no-cache',
    message: /layer 4 stores 1 of them again/,
    after: /pip wheel --no-cache-dir requests"$/,
  },
  {
    layer: 5,
    fix: 'pip-no-cache',
    after: /^RUN python3\.11 -m pip install --no-cache-dir numpy && pip3 install --no-cache-dir pandas$/,
  },
  {
    layer: 7,
    fix: 'dockerignore',
    after: /^name \/srv\/\.cache\/pip in \.dockerignore, or leave it out by COPY --exclude$/,
  },
])
