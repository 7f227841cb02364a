/** A limit in bytes, or as a share (0.1 is 10 %): of the image, growth of what it is measured against. */
export type Limit = { readonly bytes: number } | { readonly share: number }

/** What the user allows. */
export interface Limits {
  readonly size?: Limit
  readonly waste?: Limit
  /** Of the largest layer. */
  readonly layer?: Limit
  /** Against an earlier image; not judged where there is none. */
  readonly growth?: Limit
  /** By cause, waste or kept: `pip-cache`, `pip:torch`, `/opt/app`. */
  readonly causes?: Readonly<Record<string, Limit>>
  /** Rules that may find nothing. */
  readonly failOn?: readonly string[]
}

/** A finding that somebody has judged and wants. Patterns are picomatch's. */
export interface Ignore {
  readonly rule: string
  /** Covers the paths of the finding that it matches, and all below them; every path where it is left out. */
  readonly path?: string
  readonly image?: string
  readonly reason: string
  /** The last day on which it holds, `2026-12-31` (UTC). */
  readonly until?: string
}

/** What an image is held to. */
export interface Policy {
  readonly limits: Limits
  readonly ignore: readonly Ignore[]
}

/** Limits with others in the place of those of the same name; of causes, each by its own. */
export function overridden(limits: Limits, by: Limits): Limits {
  const causes = { ...limits.causes, ...by.causes }
  return { ...limits, ...by, ...(Object.keys(causes).length === 0 ? {} : { causes }) }
}
