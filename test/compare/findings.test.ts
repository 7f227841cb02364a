import { describe, expect, it } from 'vitest'
import { file, image, type LayerData, same } from '../fixture.ts'
import { compared, comparedFixtures, sideOf } from './side.ts'

/** The rest of an image that a finding is in: `root-user` and `no-healthcheck` are the same in all. */
const base: LayerData = { run: 'ADD rootfs.tar /', add: { '/usr/bin/tool': 5000 } }

async function changed(before: readonly LayerData[], after: readonly LayerData[]) {
  const { findings } = await comparedFixtures(image(base, ...before), image(base, ...after))
  const rules = (of: typeof findings.new) => of.map(({ rule }) => rule)
  return { new: rules(findings.new), settled: rules(findings.settled) }
}

function cached(run: string, ...paths: readonly (readonly [string, number])[]): LayerData {
  const cache = paths.map(([path, bytes]) => [`/root/.cache/pip/${path}`, bytes])
  return { run, add: { [`/root/.cache/${run.replace(/\W/g, '-')}`]: run, ...Object.fromEntries(cache) } }
}

const key = file(same('key', 1700), { mode: 0o600 })

describe('findings of two images', () => {
  it('are new and settled where they came and went', async () => {
    const lists = { run: 'RUN apt-get update', add: { '/var/lib/apt/lists/x': 9000 } }
    expect(await changed([lists], [cached('RUN pip install a', ['http/a', 7000])])).toEqual({
      new: ['pip-cache'],
      settled: ['apt-lists'],
    })
  })

  it('are the same of an instruction that is the same, whatever they hold and wherever it stands', async () => {
    const copy = { run: 'COPY . /opt/app', add: { '/opt/app/main.py': 700 } }
    const before = [cached('RUN pip install -r r.txt', ['http/a', 7000])]
    const after = [copy, cached('RUN pip install -r r.txt', ['http/b', 9000], ['http/c', 1])]
    expect(await changed(before, after)).toEqual({ new: [], settled: [] })
  })

  it('are the same where the instruction is another and the place is not', async () => {
    const before = [cached('RUN pip install torch==2.13', ['http/a/b', 7000])]
    const after = [cached('RUN pip install torch==2.14', ['http/c', 9000])]
    expect(await changed(before, after)).toEqual({ new: [], settled: [] })
  })

  it('are the same where they say the same, though another instruction asks for another fix', async () => {
    const add = { '/root/.cache/pip/http/a': 7000, '/opt/x': 1 }
    const before = await sideOf(image(base, { run: 'RUN pip install a', add }))
    const after = await sideOf(image(base, { run: 'COPY root /', add }))
    const fixes = [before, after].map(({ report }) => report.findings.find(({ rule }) => rule === 'pip-cache')?.fix.id)
    expect(new Set(fixes).size).toBe(2)
    expect(compared(before, after).findings).toEqual({ new: [], settled: [] })
  })

  it('are another in another place, of another instruction', async () => {
    const elsewhere = { run: 'RUN su app -c "pip install a"', add: { '/home/app/.cache/pip/http/a': 9000 } }
    const known = cached('RUN pip install torch', ['http/a/b', 7000])
    expect(await changed([known], [elsewhere])).toEqual({ new: ['pip-cache'], settled: ['pip-cache'] })
    expect(await changed([known], [known, elsewhere])).toEqual({ new: ['pip-cache'], settled: [] })
    expect(await changed([elsewhere, known], [known])).toEqual({ new: [], settled: ['pip-cache'] })
  })

  it('are not in the same place for being whole layers', async () => {
    const whole = { run: 'RUN pip download a', add: { '/root/.cache/pip/http/a': 7000 } }
    const elsewhere = {
      run: 'RUN su app -c "pip install a"',
      add: { '/home/app/.cache/pip/http/a': 9000, '/opt/x': 1 },
    }
    expect(await changed([whole], [elsewhere])).toEqual({ new: ['pip-cache'], settled: ['pip-cache'] })
  })

  it('are one to one, the same instruction first', async () => {
    const one = cached('RUN pip install a', ['http/a', 7000])
    const another = cached('RUN pip install b', ['http/b', 5000])
    const before = await sideOf(image(base, one))
    const after = await sideOf(image(base, another, one))
    expect(compared(before, after).findings.new.map(({ fix }) => fix.before)).toEqual(['RUN pip install b'])
    expect(compared(after, before).findings.settled.map(({ fix }) => fix.before)).toEqual(['RUN pip install b'])
  })

  it('of the configuration are the same, whatever they say', async () => {
    const before = image({ config: {} }, base)
    const after = image({ config: { user: 'root' } }, base)
    expect((await comparedFixtures(before, after)).findings).toEqual({ new: [], settled: [] })
    const settled = image({ config: { user: '1000', healthcheck: ['CMD', 'true'] } }, base)
    const { findings } = await comparedFixtures(before, settled)
    expect(findings.settled.map(({ rule }) => rule).sort()).toEqual(['no-healthcheck', 'root-user'])
  })

  it('tell of a secret more that the same instruction copies', async () => {
    const secret = (...paths: readonly string[]): LayerData => ({
      run: 'COPY . /opt/app',
      add: Object.fromEntries(paths.map(path => [`/opt/app/${path}`, key])),
    })
    const other = { run: 'RUN make', add: { '/opt/made': 300 } }
    expect(await changed([secret('id_rsa')], [other, secret('id_rsa')])).toEqual({ new: [], settled: [] })
    expect(await changed([secret('id_rsa')], [secret('id_rsa', 'id_dsa')])).toEqual({ new: ['secrets'], settled: [] })
    expect(await changed([secret('id_rsa')], [secret()])).toEqual({ new: [], settled: ['secrets'] })
  })

  it('are not new where they are ignored whole, and new where a part of them is', async () => {
    const after = await sideOf(image(base, cached('RUN pip install a', ['http/a', 7000], ['http/b', 5000])))
    const ignore = (path?: string) => [{ rule: 'pip-cache', reason: 'wanted', ...(path === undefined ? {} : { path }) }]
    const news = (path?: string) =>
      compared(before, after, { ignore: ignore(path) }).findings.new.map(({ rule }) => rule)
    const before = await sideOf(image(base))
    expect(news()).toEqual([])
    expect(news('/root/.cache/pip')).toEqual([])
    expect(news('/nowhere')).toEqual(['pip-cache'])
  })

  it('are none where they are kept', async () => {
    const state = (seed: string): LayerData => ({
      run: `RUN apt-get install ${seed}`,
      add: { '/var/lib/dpkg/status': same(seed, 900) },
    })
    const before = await sideOf(image(base, state('a')))
    const after = await sideOf(image(base, state('a'), state('b')))
    expect(after.report.findings.map(({ verdict }) => verdict)).toContain('keep')
    expect(compared(before, after).findings.new).toEqual([])
    expect(compared(after, before).findings.settled).toEqual([])
  })
})
