import { configuration, digest, hex, json, layerTar, tarOf } from '../archive.ts'
import { elf } from '../elf.ts'

/** What no text out of an image may put on a screen or into a document, one a group. */
export const hostile: Readonly<Record<string, string>> = {
  colour: '\u001b[31;1mred',
  clear: '\u001b[2J\u001b[1;1H',
  title: '\u001b]0;t\u0007',
  link: '\u001b]8;;https://e.example\u001b\\x\u001b]8;;\u001b\\',
  clipboard: '\u001b]52;c;ZXZpbA==\u0007',
  c1: '\u009b31mx\u0085\u0090q\u009c',
  bell: '\u0007\u0008\u000b\u007f',
  bidi: '\u202atxt\u202e\u2066gnp\u2069\u200e\u200f\u061c',
  unseen: 'a\u200bb\u200dc\u2060d\u00ade\u180ef\u3164',
  lines: '\u2028\u2029\ufeff\ufffe\uffff\u{1ffff}',
  tags: '\u{e0001}\u{e0041}\u{e007f}\ufe0f\u{e0100}',
  github: '\n::set-output name=x::y\n ::error::x\n::stop-commands::t\r\n::add-mask::a',
  runners: '##[error]x ##vso[task.setvariable variable=a]b ##teamcity[x] %0A::warning::z',
  gitlab: '\u001b[0Ksection_start:1:a\r\u001b[0Ksection_end:1:a\r\u001b[0K',
  html: '<script>alert(1)</script><img src=x onerror=alert(1)><!-- --><details></details></code>',
  markdown: '[x](https://e.example) ![x](y) @user #12 a/b#3 www.e.example `` | x | *b* _i_ ~~s~~ $m$',
  block: '\n# h\n\n> q\n\n- l\n\n```\n| a |\n| --- |\n',
  xml: ']]><![CDATA[<failure/>&#0;&amp;"\'',
  sarif: '{0} {{1}} [x](0) \\[y](1)',
}

/** All of them. */
export const all = Object.values(hostile).join(' ')
/** In names of files nothing ends a folder. */
export const hostileName = all.replaceAll('/', '∕').replaceAll('\0', '')

/** Where the tar gets bytes that are not UTF-8 in place of these. */
const placeholder = Buffer.from('~~not~utf8~~')
const notUtf8 = Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x9b, 0xe2, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x9b])

const site = 'usr/lib/python3/dist-packages'

/** An archive, as docker save writes it, of an image in which whatever its makers can choose is hostile. `size`, in bytes, makes one
 *  that is larger than another. */
export async function hostileImage(size: number): Promise<Buffer> {
  const name = hostileName
  const files: Record<string, string | Buffer> = {
    'etc/os-release': `ID=debian\nVERSION_ID="${oneLine(all)}"\nPRETTY_NAME="${oneLine(all)}"\n`,
    'var/lib/dpkg/status': `Package: lib${oneLine(all)}\nStatus: install ok installed\nArchitecture: all\nVersion: 1${oneLine(all)}\n\n`,
    [`var/lib/dpkg/info/lib${name}.list`]: `/opt/${name}/owned\n`,
    [`${site}/${name}-1.dist-info/METADATA`]: `Name: ${oneLine(all)}\nVersion: 2${oneLine(all)}\n\n`,
    [`${site}/${name}-1.dist-info/RECORD`]: `${name}.py,,\n`,
    [`${site}/${name}.py`]: 'x'.repeat(size),
    [`opt/conda/conda-meta/${name}.json`]: JSON.stringify({ name: all, version: all, files: [`lib/${name}`] }),
    [`opt/conda/lib/${name}`]: 'y'.repeat(size),
    'lib/apk/db/installed': `P:${oneLine(all)}\nV:${oneLine(all)}\nF:opt\nR:${oneLine(name)}\n\n`,
    [`opt/${name}/owned`]: 'z'.repeat(size),
    [`opt/${name}/model.safetensors`]: Buffer.alloc(size + 2_000_000, 'm'),
    [`opt/${placeholder}/${'t'.repeat(8)}`]: Buffer.alloc(size, 'u'),
    [`opt/${name}/lib${name}.so.1`]: elf({
      soname: `lib${name}.so.1`,
      needed: [name],
      runpath: all,
      interpreter: all,
      sections: { '.text': Buffer.alloc(size), [`.x${name}`]: Buffer.alloc(size) },
    }),
    [`root/.cache/pip/http/${name}`]: Buffer.alloc(size, 'p'),
    [`root/.ssh/id_${name}`]: Buffer.alloc(400, 'k'),
    [`srv/${name}/.git/objects/pack/${name}.pack`]: Buffer.alloc(size, 'g'),
  }
  const first = await layerTar(files)
  const second = await tarOf([
    [`opt/${name}/owned`, Buffer.from('z'.repeat(size))],
    [`opt/${name}/copy.safetensors`, Buffer.alloc(size + 2_000_000, 'm')],
    [`opt/${name}/link`, { symlink: `/etc/${name}` }],
    [`opt/${name}/other`, { hardlink: `opt/${name}/owned` }],
    [`opt/conda/lib/.wh.${name}`, Buffer.alloc(0)],
    [`../${name}/up`, Buffer.alloc(size, 'v')],
    [name.slice(0, 90), Buffer.alloc(size, 'w')],
  ])
  return archived([notAllUtf8(first), second])
}

function archived(layers: readonly Buffer[]): Promise<Buffer> {
  const texts = Object.fromEntries(Object.entries(hostile).map(([key, text]) => [`${key}${text}`, text]))
  const config = configuration({
    layers,
    architecture: `amd64${hostile.bidi}`,
    config: {
      variant: all,
      created: all,
      author: all,
      docker_version: all,
      config: {
        Env: ['PATH=/bin', `A${all}=${all}`, `LD_LIBRARY_PATH=/opt/${all}`, `API_TOKEN${all}=${all}`],
        Cmd: [all],
        Entrypoint: [`/opt/${all}`],
        User: all,
        WorkingDir: all,
        StopSignal: all,
        ExposedPorts: { [all]: {} },
        Volumes: { [all]: {} },
        Labels: { ...texts, 'org.opencontainers.image.base.name': all },
        Healthcheck: { Test: ['CMD', all] },
      },
      history: [
        { created_by: `RUN /bin/sh -c pip install x ${all} # buildkit`, comment: all, author: all },
        { created_by: `/bin/sh -c #(nop) ENV ${all}=${all} TOKEN=${all}`, empty_layer: true },
        { created_by: `COPY --chown=${all} ${all} /opt # buildkit`, comment: all },
      ],
    },
  })
  const manifest = [
    {
      Config: `${hex(config)}.json`,
      RepoTags: [`app${all}:1${all}`],
      Layers: layers.map((_, at) => `${at}/layer.tar`),
    },
  ]
  return tarOf([
    ...layers.map((layer, at) => [`${at}/layer.tar`, layer] as const),
    [`${hex(config)}.json`, config],
    ['manifest.json', json(manifest)],
  ])
}

/** Package records have a line for each field. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}

/** tar-stream takes strings only: what it wrote in place of other bytes is replaced, and the checksums of headers with it. */
function notAllUtf8(tar: Buffer): Buffer {
  const bytes = Buffer.from(tar)
  for (let at = bytes.indexOf(placeholder); at !== -1; at = bytes.indexOf(placeholder)) {
    notUtf8.copy(bytes, at)
    const header = bytes.subarray(at - (at % 512), at - (at % 512) + 512)
    header.fill(' ', 148, 156)
    const sum = header.reduce((sum, byte) => sum + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
  return bytes
}

/** Archives whose manifest or configuration is wrong, with a hostile value in the place that is told. */
export async function faultyArchives(): Promise<Readonly<Record<string, Buffer>>> {
  const layer = await layerTar({ a: 'b' })
  const config = configuration({ layers: [layer] })
  const legacy = (manifest: unknown, document = config) =>
    tarOf([
      ['a/layer.tar', layer],
      ['c.json', document],
      ['manifest.json', Buffer.isBuffer(manifest) ? manifest : json(manifest)],
    ])
  const blob = (bytes: Buffer, more: object = {}) => ({
    mediaType: 'x',
    digest: digest(bytes),
    size: bytes.length,
    ...more,
  })
  const layout = (index: unknown, ...blobs: readonly Buffer[]) =>
    tarOf([
      ...blobs.map(bytes => [`blobs/sha256/${hex(bytes)}`, bytes] as const),
      ['index.json', Buffer.isBuffer(index) ? index : json(index)],
      ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ])
  const manifestOf = (manifest: object) => {
    const bytes = json(manifest)
    return layout({ schemaVersion: 2, manifests: [blob(bytes, { mediaType: manifestType })] }, bytes, config, layer)
  }
  const entry = { Config: 'c.json', RepoTags: [`a${all}:1`], Layers: ['a/layer.tar'] }
  return {
    'names.tar': await legacy([entry, { ...entry, RepoTags: [`b${all}:1`] }]),
    'config-name.tar': await legacy([{ ...entry, Config: all }]),
    'layer-name.tar': await legacy([{ ...entry, Layers: [all] }]),
    'no-json.tar': await legacy(Buffer.from(`{"a": ${all}`)),
    'diff-id.tar': await legacy([entry], json({ rootfs: { type: 'layers', diff_ids: [all] } })),
    'windows.tar': await legacy(
      [entry],
      configuration({ layers: [layer], architecture: all, config: { os: 'windows' } }),
    ),
    'os.tar': await legacy([entry], configuration({ layers: [layer], config: { os: all } })),
    'digest.tar': await layout({ schemaVersion: 2, manifests: [{ mediaType: all, digest: all, size: 1 }] }),
    'size.tar': await layout({ schemaVersion: 2, manifests: [{ ...blob(config), size: all }] }),
    'platforms.tar': await layout({
      schemaVersion: 2,
      manifests: ['a', 'b'].map(name => ({
        ...blob(Buffer.from(name), { mediaType: manifestType }),
        platform: { os: `${name}${all}`, architecture: all, variant: all },
      })),
    }),
    'refs.tar': await layout({
      schemaVersion: 2,
      manifests: ['a', 'b'].map(name => ({
        ...blob(Buffer.from(name), { mediaType: manifestType }),
        annotations: { 'org.opencontainers.image.ref.name': `${name}${all}` },
      })),
    }),
    'artifact.tar': await manifestOf({ schemaVersion: 2, config: blob(config, { mediaType: all }), layers: [] }),
    'layer-type.tar': await manifestOf({
      schemaVersion: 2,
      config: blob(config, { mediaType: 'application/vnd.oci.image.config.v1+json' }),
      layers: [blob(layer, { mediaType: `application/vnd.oci.image.layer.v1.tar+encrypted${all}`, urls: [all] })],
    }),
    'layer-odd.tar': await manifestOf({
      schemaVersion: 2,
      config: blob(config, { mediaType: 'application/vnd.oci.image.config.v1+json' }),
      layers: [blob(layer, { mediaType: all })],
    }),
    'cut.tar': (await legacy([entry])).subarray(0, 900),
    'layer-cut.tar': await tarOf([
      ['a/layer.tar', (await layerTar({ [hostileName]: 'x'.repeat(3000) })).subarray(0, -3500)],
      ['c.json', config],
      ['manifest.json', json([entry])],
    ]),
  }
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
