import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { configuration, hex, json, layerTar, tarOf } from '../archive.ts'

const planted = new Map<string, string>()

/** A value that stands in one place of the image and nowhere else, 40 characters; of a form that no issuer has. */
export function secret(place: string): string {
  const digits = createHash('sha256')
    .update(place)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
  const value = `Zq${digits}${hex(Buffer.from(place))}`.slice(0, 40)
  planted.set(place, value)
  return value
}

/** Nothing of what was planted stands in some bytes: not whole, not its first eight characters, not in base64 or in hexadecimal. */
export function expectNoSecret(bytes: Buffer | string, what: string): void {
  const text = Buffer.isBuffer(bytes) ? bytes.toString('latin1') : bytes
  expect(planted.size).toBeGreaterThan(20)
  const leaked = [...planted].filter(([, value]) => formsOf(value).some(form => text.includes(form)))
  expect(leaked, what).toEqual([])
}

const forms = new Map<string, readonly string[]>()

function formsOf(value: string): readonly string[] {
  const known = forms.get(value)
  if (known !== undefined) return known
  const bytes = Buffer.from(value)
  // Base64 has each byte in one of three places; what is at its ends depends on the neighbours.
  const base64 = [0, 1, 2].map(shift => bytes.subarray(shift, shift + 24).toString('base64'))
  const made = [value.slice(0, 8), ...base64, bytes.toString('hex'), encodeURIComponent(value)]
  forms.set(value, made)
  return made
}

const pem = (place: string) =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret(place).repeat(4)}\n-----END OPENSSH PRIVATE KEY-----\n`
const basic = (place: string) => Buffer.from(`user:${secret(place)}`).toString('base64')
const site = 'usr/lib/python3/dist-packages'

/** Files whose contents are secrets, and files of packages that have one in an address. */
export const secretFiles: Readonly<Record<string, string>> = {
  'root/.ssh/id_rsa': pem('id_rsa'),
  'root/.aws/credentials': `[default]\naws_secret_access_key = ${secret('aws file')}\n`,
  'root/.netrc': `machine example.com login me password ${secret('netrc')}\n`,
  'root/.npmrc': `//registry.example.com/:_authToken=${secret('npmrc')}\n`,
  'root/.pypirc': `[pypi]\nusername = me\npassword = ${secret('pypirc')}\n`,
  'etc/pip.conf': `[global]\nindex-url = https://me:${secret('pip.conf')}@example.com/simple\n`,
  'root/.docker/config.json': JSON.stringify({ auths: { 'r.example': { auth: basic('config.json') } } }),
  'root/.kube/config': `users:\n- name: a\n  user:\n    token: ${secret('kubeconfig')}\n${'#'.repeat(100)}\n`,
  'root/.git-credentials': `https://me:${secret('git')}@example.com\n`,
  'root/.pgpass': `db:5432:app:me:${secret('pgpass')}\n`,
  'app/.env': `API_KEY=${secret('.env')}\n`,
  'root/.cache/huggingface/token': secret('huggingface'),
  'root/.config/gcloud/application_default_credentials.json': JSON.stringify({ refresh_token: secret('gcloud') }),
  'app/service-account.json': JSON.stringify({ private_key: pem('account') }),
  'etc/apt/sources.list': `deb https://me:${secret('sources.list')}@example.com/debian stable main\n`,
  'etc/apt/auth.conf.d/a.conf': `machine example.com login me password ${secret('auth.conf')}\n`,
  [`${site}/app-1.0.dist-info/METADATA`]: `Name: app\nVersion: 1.0\nHome-page: https://me:${secret('METADATA')}@e.example\n\n`,
  [`${site}/app-1.0.dist-info/RECORD`]: 'app.py,,\n',
  [`${site}/app-1.0.dist-info/direct_url.json`]: JSON.stringify({
    url: `https://me:${secret('direct_url')}@e.example/a`,
  }),
  [`${site}/app.py`]: `token = "${secret('app.py')}"\n`.repeat(4000),
  'opt/conda/conda-meta/a-1-0.json': JSON.stringify({
    name: 'a',
    version: '1',
    url: `https://conda.example/t/${secret('conda')}/main/a.conda`,
    files: ['lib/a'],
  }),
  'opt/conda/lib/a': 'x'.repeat(1000),
  'var/lib/dpkg/status': `Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nHomepage: https://me:${secret('dpkg')}@e.example\n\n`,
  'etc/os-release': `ID=debian\nVERSION_ID=12\nPRETTY_NAME=Debian\nHOME_URL=https://me:${secret('os-release')}@e.example\n`,
  'root/.cache/pip/http/a': secret('pip cache').repeat(2000),
  'root/.bash_history': `export TOKEN=${secret('shell')}\n`,
}

/** Instructions with a secret, in every form in which one gets into a history. */
export function instructions(): readonly string[] {
  return [
    `RUN |2 DEPLOY_TOKEN=${secret('build argument')} OTHER=x /bin/sh -c pip install app # buildkit`,
    `/bin/sh -c #(nop)  ENV DB_PASSWORD=${secret('ENV of the history')}`,
    `/bin/sh -c #(nop)  ARG LATE_TOKEN=${secret('ARG of the history')}`,
    `ENV OLD_PASSWORD ${secret('ENV without a sign')}`,
    `RUN /bin/sh -c pip install https://me:${secret('address')}@example.com/app.whl # buildkit`,
    `RUN /bin/sh -c git clone https://${secret('address, a token alone')}@example.com/a.git # buildkit`,
    `RUN /bin/sh -c curl -fsSu me:${secret('curl')} https://example.com # buildkit`,
    `RUN /bin/sh -c curl -H "Authorization: Bearer ${secret('header')}" https://example.com # buildkit`,
    `RUN /bin/sh -c curl -H 'Authorization: token ${secret('header of GitHub')}' https://example.com # buildkit`,
    `RUN /bin/sh -c wget "https://example.com/a?access_token=${secret('query')}&b=c" # buildkit`,
    `RUN /bin/sh -c echo "//registry.example.com/:_authToken=${secret('npm')}" >.npmrc # buildkit`,
    `RUN /bin/sh -c npm config set //registry.example.com/:_authToken ${secret('npm config')} # buildkit`,
    `RUN /bin/sh -c aws configure set aws_secret_access_key ${secret('aws')} # buildkit`,
    `RUN /bin/sh -c echo 'machine example.com login me password ${secret('netrc line')}' >~/.netrc # buildkit`,
    `RUN /bin/sh -c echo '{"auths":{"r":{"auth":"${basic('auths')}"}}}' >~/.docker/config.json # buildkit`,
    `RUN /bin/sh -c docker login -u me -p ${secret('login')} r.example # buildkit`,
    `RUN /bin/sh -c sshpass -p ${secret('sshpass')} scp a b: # buildkit`,
    `RUN /bin/sh -c PGPASSWORD=${secret('PGPASSWORD')} psql # buildkit`,
    `RUN /bin/sh -c DB_PASS="a b${secret('quotes')}"${secret('behind quotes')} app # buildkit`,
    `RUN /bin/sh -c TOKEN=\${TOKEN:-${secret('default')}} app # buildkit`,
    `RUN /bin/sh -c conda install -c https://conda.example/t/${secret('channel')}/main a # buildkit`,
    `RUN /bin/sh -c curl "https://b.example/a?X-Amz-Signature=${secret('signed')}" # buildkit`,
    `RUN /bin/sh -c echo '${pem('echo')}' >~/.ssh/id_rsa # buildkit`,
    `RUN <<EOF (cat >a)\nset -e\nexport APP_SECRET=${secret('here-document')}\nEOF # buildkit`,
    `COPY --from=https://me:${secret('COPY')}@example.com /a /b # buildkit`,
  ]
}

/** What stands in the configuration, and every container sees. */
export function settings(): object {
  return {
    Env: [
      'PATH=/bin',
      `API_KEY=${secret('ENV')}`,
      `HF_TOKEN=${secret('token')}`,
      `DATABASE_URL=postgres://me:${secret('DATABASE_URL')}@db/app`,
      `PIP_INDEX_URL=https://me:${secret('PIP_INDEX_URL')}@example.com/simple`,
      `PIP_CACHE_DIR=/root/.cache/pip`,
    ],
    Labels: {
      'app.token': secret('label'),
      'org.opencontainers.image.base.name': `https://me:${secret('base name')}@example.com/base:1`,
      'org.opencontainers.image.source': `https://me:${secret('source')}@example.com/app`,
    },
    Entrypoint: ['/app', `--password=${secret('ENTRYPOINT')}`],
    Cmd: ['serve', '--api-key', secret('CMD')],
    Healthcheck: { Test: ['CMD-SHELL', `curl -u me:${secret('HEALTHCHECK')} http://localhost`] },
  }
}

/** An archive with a layer for each instruction, the last of which hides what the first has. */
export async function secretsImage(): Promise<Buffer> {
  const history = instructions()
  const layers = [
    await layerTar(secretFiles),
    ...(await Promise.all(
      history.slice(1, -1).map((_, at) => layerTar({ [`opt/app/${at}`]: `${at}`.repeat(70_000) })),
    )),
    await tarOf([
      ['root/.ssh/.wh.id_rsa', Buffer.alloc(0)],
      [`${site}/app.py`, Buffer.from(secretFiles[`${site}/app.py`] ?? '')],
    ]),
  ]
  const config = configuration({
    layers,
    config: {
      author: `me https://me:${secret('author')}@example.com`,
      config: settings(),
      container_config: { Cmd: ['/bin/sh', '-c', `echo ${secret('container_config')}`] },
      history: history.map(created_by => ({ created_by, comment: `buildkit ${secret('comment')}` })),
    },
  })
  const manifest = { Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: layers.map((_, at) => `${at}.tar`) }
  return tarOf([
    ...layers.map((layer, at) => [`${at}.tar`, layer] as const),
    [`${hex(config)}.json`, config],
    ['manifest.json', json([manifest])],
  ])
}

/** A Dockerfile that has made the image. */
export function secretDockerfile(): string {
  return [
    'FROM debian:12',
    `ARG DEPLOY_TOKEN=${secret('Dockerfile ARG')}`,
    `ENV API_KEY=${secret('Dockerfile ENV')}`,
    'RUN pip install app',
    `RUN pip install https://me:${secret('address')}@example.com/app.whl`,
    `RUN curl -fsSu me:${secret('curl')} https://example.com`,
    `LABEL app.token=${secret('label')}`,
    '',
  ].join('\n')
}
