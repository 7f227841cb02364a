import { gpuNames } from './gpu-names.ts'

/** What the libraries of ROCm compile kernels to, and the tables of them: rocBLAS, hipBLASLt and others. */
const kernels = /(?:\.(?:co|hsaco|dat)|\.so-[^/]*)$/

/** Between what is no part of a name. Its features have dashes and signs of their own: `gfx90a-xnack+`. */
const named =
  /(?:^|[^A-Za-z0-9])(gfx\d+-(?:\d+-)?generic|gfx\d+[0-9a-f]{2})((?:-(?:sramecc|xnack)[+-])*)(?![A-Za-z0-9])/

/** MIOpen's kernels, and what it learned about convolutions. */
const database = /^(gfx[0-9a-f]+)[._].*(?:(?:kdb|db|db\.txt|fdb\.txt)(?:\.bz2)?|\.model)$/

/**
 * The AMD GPU that a file of ROCm serves alone, by its name: `gfx90a`, `gfx90a:xnack-`; undefined where the name says
 * none, and the file serves several or none. `path` is absolute.
 */
export function archOfFileName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const learned = database.exec(name)?.[1]
  if (learned !== undefined) return withoutUnits(learned)
  const [, arch, features = ''] = (kernels.test(name) ? named.exec(name) : null) ?? []
  return arch === undefined ? undefined : `${arch}${features.replaceAll(/-(?=[a-z])/g, ':')}`
}

/** MIOpen writes the number of compute units behind, in hexadecimal: `gfx90a68`, `gfx942130`. */
function withoutUnits(text: string): string | undefined {
  const known = Object.keys(gpuNames).filter(arch => text.startsWith(arch))
  return known.sort((a, b) => b.length - a.length)[0]
}
