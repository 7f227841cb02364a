import { baseName, parentPath } from '../image/path.ts'
import { endWith, withCacheMount } from './amend.ts'
import type { CachePlaces } from './cache-place.ts'
import { commandOf } from './dockerfile.ts'

/** Where one package manager or build tool keeps what it can fetch or make again. */
export interface PackageManager {
  /** Its name in messages: `npm`. */
  readonly name: string
  /** Folders that may hold its cache. */
  folders(places: CachePlaces): readonly string[]
  /** What in such a folder is cache, by name. The folder is its cache only where one of `proof` is there. */
  readonly parts: RegExp
  /** Names that nobody else gives; the same as `parts` where absent. */
  readonly proof?: RegExp
  /** Words of a start command that work out of the cache. */
  readonly runs?: RegExp
  /** The instruction that leaves no cache; a cache mount where absent. */
  after?(written: string | undefined, folder: string): string
}

const below =
  (...paths: readonly string[]) =>
  ({ homes }: CachePlaces) =>
    homes.flatMap(home => paths.map(path => `${home}/${path}`))

const anywhere =
  (name: string, ...paths: readonly string[]) =>
  (places: CachePlaces) =>
    places.folders(name).flatMap(folder => (paths.length === 0 ? [folder] : paths.map(path => `${folder}/${path}`)))

const named =
  (variable: string, ...paths: readonly string[]) =>
  (places: CachePlaces) =>
    places.named(variable).flatMap(folder => (paths.length === 0 ? [folder] : paths.map(path => `${folder}/${path}`)))

const fixed =
  (...paths: readonly string[]) =>
  () =>
    paths

const anyOf =
  (...found: readonly ((places: CachePlaces) => readonly string[])[]) =>
  (places: CachePlaces) => [...new Set(found.flatMap(folders => folders(places)))]

const ending = (command: string) => (written: string | undefined) => endWith(written, command)

/**
 * Package managers, the more special before the more general. Virtual environments, toolchains and browsers that some of
 * them keep below `~/.cache` too (pypoetry/virtualenvs, ms-playwright, node/corepack) are what the image runs: no part here
 * names one.
 */
export const packageManagers: readonly PackageManager[] = [
  {
    name: 'uv',
    // Buckets are `<kind>-v<N>` (uv's crates/uv-cache, CacheBucket); `archive-v0` has kept its number since the first one.
    folders: anyOf(below('uv'), named('UV_CACHE_DIR'), places => places.folders('archive-v0').map(parentPath)),
    parts:
      /^(?:(?:wheels|built-wheels|sdists|flat-index|git|interpreter|simple|archive|builds|environments|python|binaries)-v\d+|CACHEDIR\.TAG|\.gitignore|\.lock|\.tmp\w+)$/,
    proof: /^(?:archive|simple|interpreter|wheels|sdists|built-wheels)-v\d+$/,
    runs: /^(?:uvx|uv tool run)$/,
    after: (written, folder) =>
      `ENV UV_LINK_MODE=copy\nRUN --mount=type=cache,target=${folder} ${commandOf(written) ?? 'uv sync'}`,
  },
  {
    name: 'conda',
    folders: anyOf(
      places => places.folders('pkgs').filter(folder => isPrefix(places, parentPath(folder))),
      anywhere('.conda', 'pkgs'),
      anywhere('.mamba', 'pkgs'),
      named('CONDA_PKGS_DIRS'),
    ),
    parts:
      /\.(?:conda|tar\.bz2)(?:\.part(?:ial)?)?$|^[^/]+-[^/-]+-[^/-]+$|^cache$|^urls(?:\.txt)?$|^\.trash$|\.c~$|\.json\.?zst?$/,
    proof: /\.(?:conda|tar\.bz2)$|^urls(?:\.txt)?$|^[^/]+-[^/-]+-[^/-]*_\d+$/,
    after: ending('conda clean -afy'),
  },
  {
    name: 'rattler',
    folders: anyOf(below('rattler/cache'), named('RATTLER_CACHE_DIR')),
    parts: /^(?:pkgs|repodata|uv-cache|http-cache|run-exports)$/,
  },
  { name: 'poetry', folders: anyOf(below('pypoetry'), named('POETRY_CACHE_DIR')), parts: /^(?:artifacts|cache)$/ },
  {
    name: 'pipenv',
    folders: anyOf(below('pipenv'), named('PIPENV_CACHE_DIR')),
    parts: /^(?:http|http-v2|wheels|pkgs|hash-cache|depcache-py[\d.]+\.json|selfcheck)$/,
  },
  {
    name: 'pip-tools',
    folders: below('pip-tools'),
    parts: /^(?:http|http-v2|wheels|pkgs|selfcheck|depcache-\w+[\d.]*\.json)$/,
  },
  { name: 'pdm', folders: anyOf(below('pdm'), named('PDM_CACHE_DIR')), parts: /^(?:http|wheels|hashes|metadata)$/ },
  {
    name: 'npm',
    folders: anywhere('_cacache'),
    parts: /^(?:content-v\d+|index-v\d+|tmp|_lastverified)$/,
    proof: /^(?:content|index)-v\d+$/,
  },
  {
    name: 'yarn',
    folders: anyOf(below('yarn'), named('YARN_CACHE_FOLDER')),
    parts: /^(?:v\d+|\.tmp|\.roadrunner\.json)$/,
    proof: /^v\d+$/,
    after: ending('yarn cache clean'),
  },
  {
    name: 'pnpm',
    folders: anyOf(anywhere('.pnpm-store'), anywhere('pnpm', 'store')),
    parts: /^v\d+$/,
  },
  { name: 'bun', folders: anyOf(anywhere('.bun', 'install/cache'), named('BUN_INSTALL_CACHE_DIR')), parts: /@/ },
  {
    name: 'cargo',
    folders: anyOf(anywhere('.cargo', 'registry'), named('CARGO_HOME', 'registry'), fixed('/usr/local/cargo/registry')),
    parts: /^(?:index|cache|src|CACHEDIR\.TAG)$/,
    proof: /^(?:index|cache|src)$/,
    runs: /^cargo (?:run|test)$/,
  },
  {
    name: 'cargo',
    folders: anyOf(anywhere('.cargo', 'git'), named('CARGO_HOME', 'git'), fixed('/usr/local/cargo/git')),
    parts: /^(?:db|checkouts|CACHEDIR\.TAG)$/,
    proof: /^(?:db|checkouts)$/,
    runs: /^cargo (?:run|test)$/,
  },
  {
    name: 'rustup',
    folders: anyOf(anywhere('.rustup'), named('RUSTUP_HOME'), fixed('/usr/local/rustup')),
    parts: /^(?:downloads|tmp)$/,
    proof: /^(?:toolchains|settings\.toml)$/,
  },
  {
    name: 'go',
    folders: anyOf(below('go-build'), named('GOCACHE')),
    parts: /^(?:[0-9a-f]{2}|README|trim\.txt|testexpire\.txt|fuzz)$/,
    proof: /^[0-9a-f]{2}$/,
    runs: /^go (?:run|test)$/,
  },
  {
    name: 'go',
    folders: anyOf(
      places => places.folders('mod').filter(folder => isModuleCache(places, folder)),
      named('GOMODCACHE'),
    ),
    // `cache` holds the downloads; the rest is the sources of modules by their path, `github.com/pkg/errors@v0.9.1`.
    parts: /^cache$|^[\w-]+(?:\.[\w-]+)+(?:@v.*)?$/,
    proof: /^cache$/,
    runs: /^go (?:run|test|build)$/,
    after: ending('go clean -modcache'),
  },
  {
    name: 'ccache',
    folders: anyOf(below('ccache'), anywhere('.ccache'), named('CCACHE_DIR')),
    parts: /^(?:[0-9a-f]|tmp|stats|lock|CACHEDIR\.TAG)$/,
    proof: /^[0-9a-f]$/,
  },
  {
    name: 'sccache',
    folders: anyOf(below('sccache'), named('SCCACHE_DIR')),
    parts: /^(?:[0-9a-f]|preprocessor)$/,
    proof: /^[0-9a-f]$/,
  },
  { name: 'bazel', folders: anyOf(below('bazel')), parts: /^_bazel_/, runs: /^(?:bazel|bazelisk) run$/ },
  {
    name: 'dnf',
    folders: anyOf(fixed('/var/cache/dnf', '/var/cache/libdnf5'), below('libdnf5')),
    parts: /./,
    after: ending('dnf clean all'),
  },
  { name: 'yum', folders: fixed('/var/cache/yum'), parts: /./, after: ending('yum clean all') },
  {
    name: 'zypper',
    folders: fixed('/var/cache/zypp'),
    parts: /^(?:packages|raw|solv)$/,
    after: ending('zypper clean -a'),
  },
  {
    name: 'pacman',
    folders: fixed('/var/cache/pacman/pkg'),
    parts: /\.pkg\.tar\./,
    after: ending('pacman -Scc --noconfirm'),
  },
  {
    name: 'apk',
    folders: fixed('/var/cache/apk', '/etc/apk/cache'),
    parts: /^APKINDEX\.\w+\.tar\.gz$|\.apk$/,
    after: written =>
      commandOf(written)?.includes('apk add')
        ? `RUN ${commandOf(written)?.replace(/\bapk add\b(?!\s+--no-cache)/g, 'apk add --no-cache')}`
        : 'RUN apk add --no-cache …',
  },
  {
    name: 'composer',
    folders: anyOf(below('composer'), anywhere('.composer', 'cache'), named('COMPOSER_CACHE_DIR')),
    parts: /^(?:files|repo|vcs)$/,
  },
  {
    name: 'gem',
    folders: places =>
      places
        .folders('specifications')
        .map(parentPath)
        .filter(root => places.names(root).includes('gems'))
        .map(root => `${root}/cache`),
    parts: /\.gem$/,
    after: ending('rm -f "$(gem env gemdir)"/cache/*.gem'),
  },
]

/** Whether a folder is a prefix of conda's, or the root of such prefixes (micromamba's own is often empty). */
function isPrefix(places: CachePlaces, folder: string): boolean {
  if (places.names(folder).includes('conda-meta')) return true
  return places.names(`${folder}/envs`).some(name => places.names(`${folder}/envs/${name}`).includes('conda-meta'))
}

/** `pkg/mod` below any GOPATH; a project can have folders of these names too. */
function isModuleCache(places: CachePlaces, folder: string): boolean {
  if (baseName(parentPath(folder)) !== 'pkg') return false
  return places.names(`${folder}/cache`).some(name => name === 'download' || name === 'lock')
}

/** The instruction as it leaves no cache. */
export function afterOf(manager: PackageManager, written: string | undefined, folder: string): string {
  return manager.after?.(written, folder) ?? withCacheMount(written, folder)
}
