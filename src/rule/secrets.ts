import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import type { HistoryLine } from '../image/history.ts'
import { type SecretSeen, secretsIn } from '../image/secret-text.ts'
import { leaveOut } from './amend.ts'
import { instruction, judge, originLayer } from './claims.ts'
import { filesAt } from './contents.ts'
import { listed } from './leftovers.ts'
import type { Finding, Rule } from './rule.ts'
import { secretPaths } from './secret-file.ts'

const rule: Rule = {
  id: 'secrets',
  title: 'Credentials in files, variables or history',
  guide: { section: 2, title: 'BuildKit Secrets for Private Registries' },
  help: `
Why: Who can pull an image can read every layer, its history and its environment. A key that a later layer deletes is still
in the layer that wrote it; a build argument is in the history of every RUN behind it. Files are judged by name and place
and are not opened, and no value is ever printed.

Fix: Make the credential invalid first: it may be copied already. Then hand it to the one RUN that needs it, which stores
nothing: RUN --mount=type=secret,id=token,env=TOKEN pip install …, built by docker build --secret id=token,src=token.txt;
RUN --mount=type=ssh for keys of SSH. What containers need comes from the engine or the cluster when they start.

Keep: A file that is named like a secret and is none: settings without a token, a key for tests that is public anyway.`,
  claimsNothing: true,

  *check(evidence) {
    yield* files(evidence)
    const config = seenIn(settings(evidence))
    if (config.size > 0) yield inSettings(config)
    yield* inHistory(evidence, config)
  },
}

interface SecretFile {
  readonly entry: EntryId
  readonly kind: string
}

/** Files by the layer that first wrote them, hidden ones too. */
function* files(evidence: Evidence): Iterable<Finding> {
  const layers = new Map<number, SecretFile[]>()
  for (const file of secretFiles(evidence)) {
    const layer = originLayer(evidence, file.entry)
    const known = layers.get(layer)
    if (known === undefined) layers.set(layer, [file])
    else known.push(file)
  }
  for (const [layer, found] of [...layers].sort(([a], [b]) => a - b)) {
    const paths = [...new Set(found.map(({ entry }) => evidence.filesystem.path(entry)))]
    const fix = leaveOut(instruction(evidence, layer), paths) ?? {
      id: 'secret-file',
      after: 'RUN --mount=type=secret,id=credentials,target=/run/secrets/credentials …',
    }
    yield {
      ...judge(evidence, layer, {
        verdict: 'check',
        because: ['judged by name and place: files are not opened'],
        fix,
      }),
      message: [`${listed(described(evidence, found), 8)} in layer ${layer}`, ...deletions(evidence, found)].join('; '),
      claims: [],
    }
  }
}

function* secretFiles({ filesystem, owners }: Evidence): Iterable<SecretFile> {
  for (const { path, kind, least, most } of secretPaths(filesystem.tree)) {
    for (const entry of filesAt(filesystem, path).reverse()) {
      const content = filesystem.content(filesystem.inode(entry))
      if (filesystem.kind(entry) === 'symlink' || content < least || content > most) continue
      // What a package installs, everybody has.
      if (owners.owner(entry) === undefined) yield { entry, kind }
    }
  }
}

/** `private key /root/.ssh/id_rsa`, once for each path. */
function described({ filesystem }: Evidence, found: readonly SecretFile[]): ReadonlySet<string> {
  return new Set(found.map(({ entry, kind }) => `${kind} ${filesystem.path(entry)}`))
}

/** What later layers hide: it stays where it was written. */
function deletions({ filesystem, identity }: Evidence, found: readonly SecretFile[]): string[] {
  const hidden = new Map<string, string[]>()
  for (const { entry } of found) {
    const by = filesystem.hiddenBy(entry)
    if (by === undefined || identity.rewrites(by) === entry) continue
    const did = `layer ${filesystem.layerOf(by)} ${filesystem.isMarker(by) ? 'deletes' : 'replaces'}`
    hidden.set(did, [...(hidden.get(did) ?? []), filesystem.path(entry)])
  }
  return [...hidden].map(([did, paths]) => `${did} ${listed(paths)}, which does not remove it`)
}

/** A text that can hold secrets, and what to call the place. */
interface Place {
  readonly text: string
  readonly where: string
}

function* settings({ image }: Evidence): Iterable<Place> {
  const { env, labels, entrypoint, command, healthcheck } = image.config
  for (const [name, value] of env) yield { text: `${name}=${value}`, where: 'ENV' }
  for (const [name, value] of labels) yield { text: `${name}=${value}`, where: 'LABEL' }
  yield { text: entrypoint.join(' '), where: 'ENTRYPOINT' }
  yield { text: command.join(' '), where: 'CMD' }
  yield { text: (healthcheck ?? []).join(' '), where: 'HEALTHCHECK' }
}

/** By name and kind, without values: where each stands first. */
function seenIn(places: Iterable<Place>): ReadonlyMap<string, SecretSeen & { readonly where: string }> {
  const seen = new Map<string, SecretSeen & { readonly where: string }>()
  for (const { text, where } of places) {
    for (const secret of secretsIn(text)) if (!seen.has(key(secret))) seen.set(key(secret), { ...secret, where })
  }
  return seen
}

function inSettings(seen: ReadonlyMap<string, SecretSeen & { readonly where: string }>): Finding {
  const names = [...seen.values()].map(secret => `${said(secret)} in ${secret.where}`)
  return {
    message: `${listed(names, 8)} of the configuration: every container and everyone who pulls the image can read it`,
    fix: {
      id: 'secret-setting',
      layer: null,
      after: 'docker run --env-file … , or a secret of the cluster: nothing in the Dockerfile',
    },
    verdict: 'check',
    because: ['judged by the name of the variable or the shape of the value, which is not printed'],
    claims: [],
  }
}

/** Instructions with secrets in them: build arguments, tokens in addresses, keys that echo writes. */
function* inHistory(evidence: Evidence, config: ReadonlyMap<string, unknown>): Iterable<Finding> {
  const { image } = evidence
  const lines = new Map<string, { secret: SecretSeen; lines: HistoryLine[] }>()
  for (const line of image.config.history) {
    for (const secret of secretsIn(line.raw)) {
      if (config.has(key(secret))) continue
      const known = lines.get(key(secret)) ?? { secret, lines: [] }
      lines.set(key(secret), known)
      if (known.lines.at(-1) !== line) known.lines.push(line)
    }
  }
  const byLayer = new Map<number | null, { names: string[]; instructions: Set<HistoryLine> }>()
  for (const { secret, lines: own } of lines.values()) {
    const layers = own.flatMap(line => image.layers.filter(layer => layer.history === line))
    const layer = layers[0]?.position ?? null
    const group = byLayer.get(layer) ?? { names: [], instructions: new Set() }
    byLayer.set(layer, group)
    group.names.push(said(secret))
    for (const line of own) group.instructions.add(line)
  }
  for (const [layer, { names, instructions }] of [...byLayer].sort(([a], [b]) => (a ?? -1) - (b ?? -1))) {
    const count = instructions.size
    const wanted = {
      verdict: 'check' as const,
      because: ['judged by its name or shape; its value is not printed'],
      fix: { id: 'secret-history', after: 'RUN --mount=type=secret,id=token,env=TOKEN …' },
    }
    yield {
      ...(layer === null ? { ...wanted, fix: { ...wanted.fix, layer } } : judge(evidence, layer, wanted)),
      message: `${listed(names, 8)} in ${count === 1 ? 'an instruction' : `${count} instructions`} of the history, which everyone who pulls the image can read`,
      claims: [],
    }
  }
}

function key({ kind, name }: SecretSeen): string {
  return name === undefined ? kind : name.toUpperCase()
}

/** `token DEPLOY_TOKEN` */
function said({ kind, name }: SecretSeen): string {
  return name === undefined ? kind : `${kind} ${name}`
}

export default rule
