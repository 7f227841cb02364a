import { describe, expect, it } from 'vitest'
import fixture from '../../fixtures/rule/build-tools.ts'
import rule from '../../src/rule/build-tools.ts'
import { type Content, examine, image, type Node } from '../fixture.ts'
import { debianRecords, wheel } from '../package.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'check',
    fix: 'builder-stage',
    message: /^g\+\+, /,
    because: /came for the sake of .*: nothing that stays depends on them/,
    after:
      /^FROM … AS builder\nRUN apt-get install -y build-essential cmake\nFROM …\nCOPY --from=builder … …\nRUN apt-get update && apt-get install -y python3-dev libssl-dev bsdtar && rm -rf /,
  },
  { layer: 1, verdict: 'keep', because: /^ssl-plugins depends on libssl-dev$/ },
  {
    layer: 1,
    verdict: 'check',
    fix: 'no-runtime-compiler',
    because: /triton compiles a launcher .*torch\.compile needs both[\s\S]*libpython3\.11-dev depends on zlib1g-dev/,
    after: /^# only where nothing compiles while it runs\nFROM … AS builder/,
  },
  { layer: 2, verdict: 'check', message: /^ninja: / },
])

const site = '/usr/local/lib/python3.11/dist-packages'

/** What the rule says of gcc, g++ and make beside Python packages. */
async function verdictsBeside(packages: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const names = ['gcc', 'g++', 'make', 'python3-dev', ...more]
  const wheels: Record<string, Content | Node>[] = Object.entries(packages).map(([name, version]) =>
    wheel(site, name, version, { [`${name}/x.py`]: 100 }),
  )
  const evidence = await examine(
    image(
      { config: {}, base: 0 },
      {
        run: `apt-get install -y ${names.join(' ')}`,
        add: Object.assign(
          {},
          debianRecords(Object.fromEntries(names.map(name => [name, { files: [`/usr/bin/${name}`] }]))),
          Object.fromEntries(names.map(name => [`/usr/bin/${name}`, 100])),
          ...wheels,
        ),
      },
    ),
  )
  const verdicts = new Map<string, string>()
  for (const { verdict, fix, claims } of rule.check(evidence)) {
    for (const { entry } of claims) {
      verdicts.set(
        evidence.filesystem.path(entry).slice('/usr/bin/'.length),
        verdict === 'keep' ? 'keep' : `${verdict} ${fix.id}`,
      )
    }
  }
  return names.map(name => verdicts.get(name))
}

const going = 'check builder-stage'
const some = 'check no-runtime-compiler'

describe('who compiles at run time decides', () => {
  it.each<[string, Record<string, string>, (string | undefined)[]]>([
    ['nobody', { numpy: '2.0' }, [going, going, going, going]],
    ['triton', { triton: '3.0' }, [some, going, going, some]],
    ['torch and triton', { torch: '2.4', triton: '3.0' }, [some, some, going, some]],
    ['vllm', { vllm: '0.6' }, ['keep', some, going, 'keep']],
    ['deepspeed', { deepspeed: '0.15' }, [going, 'keep', going, going]],
  ])('%s', async (_, packages, verdicts) => {
    expect(await verdictsBeside(packages)).toEqual(verdicts)
  })
})

it('tells how by what the instruction does', async () => {
  const after = async (run: string, automatic?: true) => {
    const add = {
      ...debianRecords({
        gcc: { ...(automatic && { automatic }), files: ['/usr/bin/gcc'] },
        'python3-pip': { recommends: 'gcc' },
      }),
      '/usr/bin/gcc': 100,
    }
    const [finding] = rule.check(await examine(image({ config: {}, base: 0 }, { run, add })))
    return finding?.fix.after
  }
  expect(await after('apt-get install -y gcc && pip install dlib')).toBe(
    'RUN apt-get install -y gcc && pip install dlib && apt-get purge -y --auto-remove gcc',
  )
  expect(await after('apt-get install -y python3-pip', true)).toBe(
    'RUN apt-get install --no-install-recommends -y python3-pip',
  )
})

it('keeps what the image starts', async () => {
  const add = { ...debianRecords({ make: { files: ['/usr/bin/make'] } }), '/usr/bin/make': 100 }
  const evidence = await examine(
    image({ config: { command: ['make', 'serve'] } }, { run: 'apt-get install make', add }),
  )
  expect([...rule.check(evidence)].map(({ verdict, because }) => [verdict, because[0]])).toEqual([
    ['keep', 'the image starts make'],
  ])
})
