/** What one file of a package manager's database says. Paths in it are as written, not made canonical. */
export type PackageRecord =
  | DpkgStatus
  | DpkgList
  | PipMetadata
  | PipRecord
  | PipInstaller
  | CondaPackage
  | ApkInstalled
  | AptExtendedStates
  | LdSoConf
  | OsRelease

export interface DpkgPackage {
  readonly name: string
  readonly version: string
  readonly architecture: string
  /** Names of the Depends and Pre-Depends fields, alternatives flattened, versions dropped. */
  readonly depends: readonly string[]
  /** Names of Recommends, which apt installs too unless told otherwise; absent where there are none. */
  readonly recommends?: readonly string[]
  /** Other names that it answers to; absent where there are none. */
  readonly provides?: readonly string[]
  /** Essential, Protected, or of priority required: nobody takes it out. */
  readonly essential?: true
}

/** `/var/lib/dpkg/status`, or one stanza of a distroless `status.d/`. Installed packages only (want: install or hold). */
export interface DpkgStatus {
  readonly kind: 'dpkg-status'
  readonly packages: readonly DpkgPackage[]
}

/** `/var/lib/dpkg/info/<name>[:<arch>].list`, or a distroless `status.d/<name>.md5sums`. */
export interface DpkgList {
  readonly kind: 'dpkg-list'
  readonly package: string
  /** Absolute. */
  readonly paths: readonly string[]
}

/** `*.dist-info/METADATA`, `*.egg-info/PKG-INFO`. */
export interface PipMetadata {
  readonly kind: 'pip-metadata'
  readonly name: string
  readonly version: string
  /** Names of Requires-Dist, normalized, without those that need an extra. */
  readonly requires: readonly string[]
}

/** `*.dist-info/RECORD`, `*.egg-info/installed-files.txt`: paths absolute, resolved lexically against their folder. */
export interface PipRecord {
  readonly kind: 'pip-record'
  readonly paths: readonly string[]
}

/** `*.dist-info/INSTALLER`. */
export interface PipInstaller {
  readonly kind: 'pip-installer'
  readonly installer: string
}

/** `<prefix>/conda-meta/<name>-<version>-<build>.json`; paths absolute, below the prefix. */
export interface CondaPackage {
  readonly kind: 'conda-package'
  readonly name: string
  readonly version: string
  readonly paths: readonly string[]
  /** Names of the packages that it needs; absent where there are none. */
  readonly depends?: readonly string[]
}

/** `/lib/apk/db/installed`, `/usr/lib/apk/db/installed`. */
export interface ApkInstalled {
  readonly kind: 'apk-installed'
  readonly packages: readonly { readonly name: string; readonly version: string; readonly paths: readonly string[] }[]
}

/** `/var/lib/apt/extended_states`: the packages that nobody asked for, which came for the sake of others. */
export interface AptExtendedStates {
  readonly kind: 'apt-extended-states'
  readonly automatic: readonly string[]
}

/** `/etc/ld.so.conf`, `/etc/ld.so.conf.d/*.conf`: folders that ldconfig looks into. */
export interface LdSoConf {
  readonly kind: 'ld-so-conf'
  /** Absolute and clean. */
  readonly folders: readonly string[]
}

/** `/etc/os-release`, `/usr/lib/os-release`. */
export interface OsRelease {
  readonly kind: 'os-release'
  readonly id: string
  readonly version: string
  readonly name: string
}
