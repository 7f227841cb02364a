import { decodeName, encodeName } from '../bytes/name.ts'
import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import type { LdSoCache, LdSoCacheEntry } from './package-record.ts'

// dl-cache.h of glibc. The old block has 16 bytes of header and 12 an entry; the new one 48 and 24.
const oldMagic = Buffer.from('ld.so-1.7.0')
const newMagic = Buffer.from('glibc-ld.so.cache1.1')
const [oldHeader, oldEntry, newHeader, newEntry] = [16, 12, 48, 24]

const extensionMagic = 0xeaa42174
const hwcapsTag = 1
/** Upper half of an entry's hwcap: its lower half is the number of a folder's name. The other bits are the ISA level. */
const named = 0x40000000
const isaLevel = 0x3ff
/** glibc knows some ten; a file that has a million of them, all of one long string, is an attack. */
const mostFolders = 256

/** Reads ldconfig's cache: the format of glibc 2.2, alone or behind the older one, else the older one alone. */
export function parseLdSoCache(bytes: Buffer): LdSoCache | undefined {
  if (begins(bytes, 0, newMagic)) return newBlock(bytes, 0)
  if (!begins(bytes, 0, oldMagic) || bytes.length < oldHeader) return undefined
  const end = oldHeader + bytes.readUInt32LE(12) * oldEntry
  const behind = Math.ceil(end / 8) * 8
  return begins(bytes, behind, newMagic) ? newBlock(bytes, behind) : oldBlock(bytes, end)
}

/** Offsets of its strings count from the end of its entries. */
function oldBlock(bytes: Buffer, end: number): LdSoCache | undefined {
  if (end > bytes.length) return undefined
  return cache(bytes, oldHeader, oldEntry, end, end, () => undefined)
}

/** Offsets of its strings count from its own start. */
function newBlock(bytes: Buffer, start: number): LdSoCache | undefined {
  if (start + newHeader > bytes.length) return undefined
  // 0: written before the byte order was; 2: little-endian.
  const order = bytes[start + 28]
  if (order !== 0 && order !== 2) return undefined
  const end = start + newHeader + bytes.readUInt32LE(start + 20) * newEntry
  if (end > bytes.length) return undefined
  const folders = hwcapFolders(bytes, start)
  return cache(bytes, start + newHeader, newEntry, end, start, at => {
    const [low, high] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20)]
    if (low === 0 && high === 0) return undefined
    const isNamed = (high & ~isaLevel) >>> 0 === named
    return (isNamed ? folders[low] : undefined) ?? `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`
  })
}

function cache(
  bytes: Buffer,
  start: number,
  size: number,
  end: number,
  strings: number,
  hwcapOf: (at: number) => string | undefined,
): LdSoCache | undefined {
  const budget = new Budget()
  const entries: LdSoCacheEntry[] = []
  for (let at = start; at < end; at += size) {
    const name = stringAt(bytes, strings + bytes.readUInt32LE(at + 4))
    const path = stringAt(bytes, strings + bytes.readUInt32LE(at + 8))
    if (name === undefined || path === undefined || !budget.spend(name) || !budget.spend(path)) return undefined
    const hwcap = hwcapOf(at)
    entries.push({ name, path, flags: bytes.readUInt32LE(at), ...(hwcap === undefined ? {} : { hwcap }) })
  }
  return { kind: 'ld-so-cache', entries }
}

/** Names of folders below `glibc-hwcaps`, by number, out of the extension of glibc 2.33. */
function hwcapFolders(bytes: Buffer, start: number): readonly string[] {
  const at = start + bytes.readUInt32LE(start + 32)
  if (at === start || at + 8 > bytes.length || bytes.readUInt32LE(at) !== extensionMagic) return []
  const count = Math.min(bytes.readUInt32LE(at + 4), Math.floor((bytes.length - at - 8) / 16))
  for (let section = at + 8; section < at + 8 + count * 16; section += 16) {
    if (bytes.readUInt32LE(section) !== hwcapsTag) continue
    const from = start + bytes.readUInt32LE(section + 8)
    const to = Math.min(from + Math.min(bytes.readUInt32LE(section + 12), mostFolders * 4), bytes.length - 3)
    const names: string[] = []
    for (let name = from; name < to; name += 4) names.push(stringAt(bytes, start + bytes.readUInt32LE(name)) ?? '')
    return names
  }
  return []
}

/** Up to its NUL; undefined where there is none. A path of Linux has 4,096 bytes at most. */
function stringAt(bytes: Buffer, at: number): string | undefined {
  const end = at < bytes.length ? bytes.indexOf(0, at) : -1
  return end === -1 || end - at > 4096 ? undefined : decodeName(bytes.subarray(at, end))
}

function begins(bytes: Buffer, at: number, magic: Buffer): boolean {
  return at + magic.length <= bytes.length && magic.equals(bytes.subarray(at, at + magic.length))
}

/** `/etc/ld.so.cache`. */
export const ldSoCache = recordProbe({
  id: 'ld-so-cache',
  wants: path => path === '/etc/ld.so.cache',
  // What is no text gives its bytes back.
  parse: text => parseLdSoCache(encodeName(text)),
  limit: 16 * 1024 * 1024,
})
