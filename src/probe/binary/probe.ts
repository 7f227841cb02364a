import type { Probe } from '../probe.ts'
import type { Binary } from './binary.ts'
import { BinaryReader } from './binary-reader.ts'
import { headerSize } from './elf-header.ts'

const executable = 0o111

/**
 * Programs, libraries, archives of them and GPU code, by names and modes. The last character alone tells most of a million
 * files apart.
 */
export const binaryProbe: Probe<Binary> = {
  id: 'binary',
  version: 3,
  wants: (path, content, mode) => content >= headerSize && ((mode & executable) !== 0 || isNamed(path)),
  begin: (path, content) => new BinaryReader(content, isNamed(path)),
}

/** `libz.so`, `libz.so.1.3`, `_ssl.abi3.so`; objects, kernel modules, extensions of Node; GPU code of CUDA and HIP. */
const byLastLetter: Readonly<Record<string, readonly string[]>> = {
  o: ['.so', '.o', '.co', '.hsaco', '.ko'],
  a: ['.a'],
  e: ['.node'],
  n: ['.cubin', '.fatbin'],
}

const byCode: readonly (readonly string[] | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => byLastLetter[String.fromCharCode(code)],
)

const [zero, nine] = [0x30, 0x39]

function isNamed(path: string): boolean {
  const last = path.charCodeAt(path.length - 1)
  if (last >= zero && last <= nine) return /\.so(?:\.\d+)+$/.test(path)
  const endings = byCode[last]
  if (endings === undefined) return false
  for (const ending of endings) if (path.endsWith(ending)) return true
  return false
}
