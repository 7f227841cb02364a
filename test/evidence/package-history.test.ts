import { expect, it } from 'vitest'
import { packageHistories } from '../../src/evidence/package-history.ts'
import { examine, image, type LayerData, same } from '../fixture.ts'

async function historiesOf(...layers: readonly LayerData[]) {
  const rows = packageHistories(await examine(image({ config: {} }, ...layers)))
  return rows.map(({ key, version, bytes, hidden, layer, history }) => ({
    row: `${key} ${version} of layer ${layer}`,
    bytes,
    hidden,
    history: history.map(change => `${change.layer}: ${change.version}`),
  }))
}

const site = '/usr/lib/python3/site-packages'

function wheel(version: string, size: number): Record<string, number | string> {
  return {
    [`${site}/numpy/core.so`]: size,
    [`${site}/numpy-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: numpy\nVersion: ${version}\n`,
    [`${site}/numpy-${version}.dist-info/RECORD`]: `numpy/core.so,,\nnumpy-${version}.dist-info/RECORD,,\n`,
  }
}

/** Σ content of what its RECORD lists. */
function listed(version: string, size: number): number {
  return size + String(wheel(version, size)[`${site}/numpy-${version}.dist-info/RECORD`]).length
}

const gone = (version: string) => [`${site}/numpy-${version}.dist-info`]

it('says which layer brought which version of a wheel, and what the old one still weighs', async () => {
  const upgraded = await historiesOf(
    { add: { '/etc/x': 1 } },
    { run: 'pip install numpy==1.26.4', add: wheel('1.26.4', 1000) },
    { run: 'pip install numpy==2.2.1', add: wheel('2.2.1', 900), remove: gone('1.26.4') },
  )
  expect(upgraded).toEqual([
    {
      row: 'pip:numpy 2.2.1 of layer 2',
      bytes: listed('2.2.1', 900),
      hidden: listed('1.26.4', 1000),
      history: ['1: 1.26.4', '2: 2.2.1'],
    },
  ])
})

it('has a row for what was removed, and knows what came back', async () => {
  const removed = await historiesOf({ add: wheel('1.26.4', 1000) }, { remove: [...gone('1.26.4'), `${site}/numpy`] })
  expect(removed).toEqual([
    {
      row: 'pip:numpy 1.26.4 of layer 0',
      bytes: 0,
      hidden: listed('1.26.4', 1000),
      history: ['0: 1.26.4', '1: null'],
    },
  ])
  const back = await historiesOf(
    { add: wheel('1.26.4', 1000) },
    { remove: [...gone('1.26.4'), `${site}/numpy`] },
    { add: wheel('1.26.4', 1000) },
  )
  expect(back).toMatchObject([{ history: ['0: 1.26.4', '1: null', '2: 1.26.4'], bytes: listed('1.26.4', 1000) }])
})

it('sees no change in a record that is written again', async () => {
  const again = await historiesOf(
    { add: wheel('1.26.4', 1000) },
    { run: 'chown -R app /usr', add: wheel('1.26.4', 1000) },
  )
  expect(again).toMatchObject([{ history: ['0: 1.26.4'] }])
})

it('reads what apt did out of successive states of dpkg', async () => {
  const dpkg = (packages: Readonly<Record<string, string>>) => ({
    '/var/lib/dpkg/status': Object.entries(packages)
      .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
      .join('\n'),
  })
  const files = (name: string, size: number) => ({
    [`/var/lib/dpkg/info/${name}.list`]: `/.\n/usr/bin/${name}\n`,
    [`/usr/bin/${name}`]: same(`${name} ${size}`, size),
  })
  const rows = await historiesOf(
    { add: { ...dpkg({ bash: '5.2', gcc: '4:12.2' }), ...files('bash', 50), ...files('gcc', 700) } },
    { run: 'apt-get upgrade', add: { ...dpkg({ bash: '5.3', gcc: '4:12.2' }), ...files('bash', 60) } },
    {
      run: 'apt-get purge gcc',
      add: dpkg({ bash: '5.3' }),
      remove: ['/usr/bin/gcc', '/var/lib/dpkg/info/gcc.list'],
    },
  )
  expect(rows).toEqual([
    { row: 'dpkg:bash 5.3 of layer 1', bytes: 60, hidden: 50, history: ['0: 5.2', '1: 5.3'] },
    { row: 'dpkg:gcc 4:12.2 of layer 0', bytes: 0, hidden: 700, history: ['0: 4:12.2', '2: null'] },
  ])
})

it('takes a list of configuration that dpkg leaves for a removed package', async () => {
  const status = (state: string) =>
    `Package: cron\nStatus: ${state}\nVersion: 3\n\nPackage: bash\nStatus: install ok installed\nVersion: 5\n`
  const rows = await historiesOf(
    {
      add: {
        '/var/lib/dpkg/status': status('install ok installed'),
        '/var/lib/dpkg/info/cron.list': '/.\n/etc/crontab\n/usr/sbin/cron\n',
        '/etc/crontab': 20,
        '/usr/sbin/cron': 300,
      },
    },
    {
      run: 'apt-get remove cron',
      add: {
        '/var/lib/dpkg/status': status('deinstall ok config-files'),
        '/var/lib/dpkg/info/cron.list': '/.\n/etc/crontab\n',
      },
      remove: ['/usr/sbin/cron'],
    },
  )
  expect(rows).toMatchObject([{ bytes: 20, hidden: 300, history: ['0: 3', '1: null'] }])
})
