/** What the loader puts in the place of its tokens (ld.so(8), Dynamic string tokens). */
export interface Tokens {
  /** Folder of the path by which the object was opened; of a program, where it really is. */
  readonly origin: string
  /** `lib64`, `lib/x86_64-linux-gnu` on Debian. */
  readonly lib: string
  /** `x86_64`, `haswell`. */
  readonly platform: string
}

// glibc takes a name as long as it has letters and underscores: $ORIGINAL is none of these.
const token = /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z_]))/g

/** No path is as long as what a hundred thousand tokens become; this one is nowhere, as one that is too long is for the kernel. */
const nowhere = '\0'
const longest = 65_536

/** A path or a name with its tokens replaced; what is no token stays. */
export function expand(text: string, { origin, lib, platform }: Tokens): string {
  if (!text.includes('$')) return text
  const tokens = text.match(token)?.length ?? 0
  if (text.length + tokens * Math.max(origin.length, lib.length, platform.length) > longest) return nowhere
  return text.replace(token, (_, braced?: string, plain?: string) => {
    const name = braced ?? plain
    return name === 'ORIGIN' ? origin : name === 'LIB' ? lib : platform
  })
}

/** Whether where the object lies decides what a text means. */
export function hasOrigin(text: string): boolean {
  return /\$(?:\{ORIGIN\}|ORIGIN(?![A-Za-z_]))/.test(text)
}

/** Whether the processor decides what a text means. */
export function hasPlatform(text: string): boolean {
  return /\$(?:\{PLATFORM\}|PLATFORM(?![A-Za-z_]))/.test(text)
}
