const names: ReadonlySet<string> = new Set(['/stargz.index.json', '/.prefetch.landmark', '/.no.prefetch.landmark'])

/**
 * Whether a path is one of the files that eStargz, the format for lazy pulling, puts into every layer (stargz-snapshotter's
 * docs/estargz.md): its table of contents, and a landmark of one byte that says how much is to be fetched first. No instruction
 * of a Dockerfile wrote them.
 */
export function isOfEstargz(path: string): boolean {
  return names.has(path)
}
