import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import { baseName } from '../image/path.ts'
import type { PathTree } from '../image/path-tree.ts'

/** A path that is a secret by its name and place, when a file of a likely size is there. Contents are never read. */
export interface SecretPath {
  readonly path: string
  /** `private key` */
  readonly kind: string
  /** Bytes: what is shorter holds settings and no secret, what is longer is something else. */
  readonly least: number
  readonly most: number
}

/** Every such path of an image, in the order of the tree. Packages publish keys for their tests: those are left out. */
export function* secretPaths(tree: PathTree): Iterable<SecretPath> {
  const found = new Set<string>()
  for (const secret of [...inFolders(tree), ...byName(tree)]) {
    if (found.has(secret.path) || published.test(secret.path)) continue
    found.add(secret.path)
    yield secret
  }
}

const published =
  /\/(?:site-packages|dist-packages|node_modules|testdata|gems|pkg\/mod|registry\/src|usr\/share\/doc)\//
const small = 64 * 1024

/** Files that are secrets in one folder only: its name, theirs, what they hold, and from how many bytes on. */
const placed: readonly (readonly [folder: string, name: string, kind: string, least: number])[] = [
  ['.docker', 'config.json', 'login data of registries', 40],
  ['containers', 'auth.json', 'login data of registries', 40],
  ['.aws', 'credentials', 'login data of AWS', 20],
  ['.kube', 'config', 'login data of Kubernetes', 100],
  ['kubernetes', 'admin.conf', 'login data of Kubernetes', 100],
  ['gcloud', 'application_default_credentials.json', 'login data of Google Cloud', 40],
  ['gcloud', 'credentials.db', 'login data of Google Cloud', 40],
  ['gcloud', 'access_tokens.db', 'login data of Google Cloud', 40],
  ['.azure', 'accessTokens.json', 'login data of Azure', 10],
  ['.azure', 'msal_token_cache.json', 'login data of Azure', 10],
  ['huggingface', 'token', 'Hugging Face token', 8],
  ['huggingface', 'stored_tokens', 'Hugging Face token', 8],
  ['.huggingface', 'token', 'Hugging Face token', 8],
  ['.kaggle', 'kaggle.json', 'Kaggle key', 20],
  ['kaggle', 'kaggle.json', 'Kaggle key', 20],
  ['.ngc', 'config', 'NGC key', 20],
  ['gh', 'hosts.yml', 'GitHub token', 20],
  ['rclone', 'rclone.conf', 'login data of rclone', 20],
  ['.cargo', 'credentials', 'crates.io token', 20],
  ['.cargo', 'credentials.toml', 'crates.io token', 20],
  ['.gem', 'credentials', 'RubyGems key', 20],
  ['.composer', 'auth.json', 'login data of Composer', 20],
  ['composer', 'auth.json', 'login data of Composer', 20],
  ['.streamlit', 'secrets.toml', 'secrets of Streamlit', 8],
  ['.terraform.d', 'credentials.tfrc.json', 'Terraform token', 20],
  ['.gnupg', 'secring.gpg', 'private key', 100],
]

/** Names that are secrets wherever they lie. */
const named: ReadonlyMap<string, readonly [kind: string, least: number]> = new Map([
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', 'id_xmss'].map(
    (name): [string, readonly [string, number]] => [name, ['private key', 100]],
  ),
  ['.netrc', ['login data', 20]],
  ['_netrc', ['login data', 20]],
  // `//r.io/:_authToken=` and a token take more than this; a project's `fund=false` does not.
  ['.npmrc', ['npm settings that may hold a token', 40]],
  ['.pypirc', ['login data of PyPI', 20]],
  ['.git-credentials', ['login data of git', 10]],
  ['.pgpass', ['password of PostgreSQL', 10]],
  ['.my.cnf', ['password of MySQL', 20]],
  ['.dockercfg', ['login data of registries', 40]],
  ['.s3cfg', ['login data of S3', 40]],
  ['.boto', ['login data of a cloud', 40]],
  ['.vault-token', ['Vault token', 8]],
  ['.modal.toml', ['Modal token', 20]],
])

function* inFolders(tree: PathTree): Iterable<SecretPath> {
  for (const [folder, name, kind, least] of placed) {
    for (const above of tree.foldersNamed(folder)) {
      const path = `${above}/${name}`
      if (tree.find(path) !== undefined) yield { path, kind, least, most: Infinity }
    }
  }
  for (const folder of tree.foldersNamed('.ssh')) {
    for (const path of tree.children(folder)) {
      if (/^(?:known_hosts.*|authorized_keys\d?|config|environment|rc)$|\.pub$/.test(baseName(path))) continue
      yield { path, kind: 'private key', least: 100, most: small }
    }
  }
  for (const folder of tree.foldersNamed('private-keys-v1.d')) {
    for (const path of tree.children(folder)) yield { path, kind: 'private key', least: 100, most: small }
  }
  // A secret's mount leaves an empty file behind: only what has content was copied there.
  for (const path of tree.children('/run/secrets'))
    yield { path, kind: 'secret of the build', least: 1, most: Infinity }
}

function* byName(tree: PathTree): Iterable<SecretPath> {
  for (const node of nodesLike(tree, telling)) {
    const name = tree.name(node)
    // Data comes in a hundred thousand of them.
    if (name.endsWith('.json') && !accountFile.test(name)) continue
    const path = tree.path(node)
    const known = named.get(name)
    if (known !== undefined) yield { path, kind: known[0], least: known[1], most: Infinity }
    else if (name.startsWith('.env')) {
      if (isEnvironmentFile(name)) yield { path, kind: 'environment file', least: 1, most: small }
    } else if (accountFile.test(name)) yield { path, kind: 'service account or client secret', least: 40, most: small }
    else {
      const kind = keyFile(path, name)
      if (kind !== undefined) yield { path, kind, least: 100, most: small }
    }
  }
}

/** Names that are worth a look: all that are told by more than their place are among them. */
const telling = new NamePattern({
  starts: [...named.keys(), '.env'],
  ends: ['.pem', '.key', '_key', '.p12', '.pfx', '.ppk', '.jks', '.keystore', '.kdbx', '.json'],
})

const accountFile = /^(?:.*[-_.])?service[-_]?account(?:[-_.].*)?\.json$|^client_secret.*\.json$/i

/** `.env`, `.env.production`; `.env.example` is there to be read. */
function isEnvironmentFile(name: string): boolean {
  if (name === '.env' || name === '.envrc') return true
  if (!name.startsWith('.env.')) return false
  const words = name.slice('.env.'.length).split(/[.-]/)
  return !words.some(word =>
    /^(?:example|sample|template|tmpl|dist|defaults?|schema|test|ts|js|json|md|spec)$/.test(word),
  )
}

/** Keys by their names; stores of certificates, and signing keys that everybody has, are none. */
function keyFile(path: string, name: string): string | undefined {
  if (/\/(?:ca-certificates|certifi|keyrings|rpm-gpg|apt|trusted\.gpg\.d)\//.test(path)) return undefined
  if (/^(?:ca[-_.]?bundle|cacerts?|ca|cert|chain|fullchain|release)[-_.]|snakeoil|gpg|public|\bpub\b/i.test(name))
    return undefined
  if (name.startsWith('ssh_host_') && name.endsWith('_key')) return 'host key of SSH'
  if (/\.(?:p12|pfx|jks|keystore)$/.test(name)) return 'key store'
  if (name.endsWith('.kdbx')) return 'password store'
  if (name.endsWith('.ppk') || name.endsWith('.key')) return 'private key'
  // A .pem is mostly a certificate: only a name that says key is one.
  return /(?:^|[-_.])(?:priv|private|privkey|privatekey|key)[-_.](?:.*\.)?pem$/i.test(name) ? 'private key' : undefined
}
