import fixture from '../../fixtures/rule/removed-later.ts'
import rule from '../../src/rule/removed-later.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 0, verdict: 'check', fix: 'other-base' },
  {
    layer: 1,
    verdict: 'safe',
    fix: 'bind-mount',
    message: /^\/wheels \(2 files\) of layer 1: layer 2 deletes it, which frees nothing$/,
    after: /^RUN --mount=type=bind,from=builder,source=\/wheels,target=\/wheels pip install [^&]* app$/,
  },
  {
    layer: 3,
    verdict: 'safe',
    fix: 'one-run',
    after: /^RUN git clone \/src && make -C \/src install && … && rm -rf \/src$/,
  },
  { layer: 7, verdict: 'safe', fix: 'dockerignore', because: /layer 8 deletes it/ },
  { layer: 9, fix: 'bind-mount', after: /^RUN --mount=type=bind,source=tools,target=\/tools \/tools\/setup --all$/ },
])
