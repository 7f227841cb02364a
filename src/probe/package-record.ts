/** What one file of a package manager's database says. Paths in it are as written, not made canonical. */
export type PackageRecord =
  | DpkgStatus
  | DpkgList
  | DpkgDiversions
  | PipMetadata
  | PipRecord
  | PipInstaller
  | CondaPackage
  | ApkInstalled
  | RpmDatabase
  | AptExtendedStates
  | LdSoConf
  | LdSoCache
  | LdSoPreload
  | LdMuslPath
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

/** `/var/lib/dpkg/diversions`. */
export interface DpkgDiversions {
  readonly kind: 'dpkg-diversions'
  readonly diversions: readonly {
    readonly path: string
    /** Where a file of that path goes, of every package but one. */
    readonly to: string
    /** The one whose file stays at the path; `:` where somebody diverted it by hand, and none does. */
    readonly package: string
  }[]
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

export interface RpmPackage {
  readonly name: string
  /** `1:2.34-100.el9`: epoch, where it has one, version and release. */
  readonly version: string
  readonly architecture: string
  /** What it requires of others: names of packages, and what they provide. */
  readonly depends: readonly string[]
  /** What dnf installs with it unless told otherwise; absent where there is nothing. */
  readonly recommends?: readonly string[]
  /** What of it others ask for by another name than its own: a path, a library; absent where there is nothing. */
  readonly provides?: readonly string[]
  /** Files and symlinks, absolute and clean, those that it only lays claim to (`%ghost`) left out. */
  readonly paths: readonly string[]
}

/** `rpmdb.sqlite`, where rpm keeps its database. */
export interface RpmDatabase {
  readonly kind: 'rpm-database'
  readonly packages: readonly RpmPackage[]
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

/** `/etc/ld.so.cache`: what the loader finds by name, written by ldconfig. In the order of the file, which decides. */
export interface LdSoCache {
  readonly kind: 'ld-so-cache'
  readonly entries: readonly LdSoCacheEntry[]
}

export interface LdSoCacheEntry {
  readonly name: string
  readonly path: string
  /** What it was built for: 0x0303 x86-64 with libc6, 0x0a03 aarch64 with libc6. */
  readonly flags: number
  /** The folder below `glibc-hwcaps` that it is in (`x86-64-v3`), or the bits of an older ldconfig as hexadecimal; absent
   *  where every processor can load it. */
  readonly hwcap?: string
}

/** `/etc/ld.so.preload`: what every program gets loaded first. */
export interface LdSoPreload {
  readonly kind: 'ld-so-preload'
  readonly names: readonly string[]
}

/** `/etc/ld-musl-<arch>.path`: where musl's loader looks, in its order. */
export interface LdMuslPath {
  readonly kind: 'ld-musl-path'
  /** As written. */
  readonly folders: readonly string[]
}

/** `/etc/os-release`, `/usr/lib/os-release`. */
export interface OsRelease {
  readonly kind: 'os-release'
  readonly id: string
  readonly version: string
  readonly name: string
}
