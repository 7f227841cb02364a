import { constants, inflateSync } from 'node:zlib'
import {
  blockHeader,
  blockHeaderSize,
  frameHeadSize,
  unfoldFirstBlock,
  zstdFrameHeader,
} from '../../bytes/zstd-block.ts'
import { bundleTable } from './bundle-table.ts'
import { frameEnd } from './cubin-frame.ts'
import { number64 } from './elf-header.ts'
import type { GpuPacking } from './gpu-code.ts'
import { cutShort, type GpuFormat, overhead, unread, type Walk } from './gpu-format.ts'
import type { GpuObject } from './gpu-object.ts'

interface Header {
  readonly size: number
  /** All of it with its header; undefined where version 1 does not say. Bytes. */
  readonly total: number | undefined
}

/** Tables that are unfolded of one file, at 50 µs each. */
const tablesLimit = 10_000

/** Compressed bytes of zlib that hold a table. */
const zlibHeadSize = 4096

/**
 * Clang's offload bundle, compressed (llvm-project, OffloadBundler.cpp, CompressedOffloadBundle). Magic 4, version 2,
 * method 2 (0 zlib, 1 zstd); then, by version, 1: unpacked 4, hash 8; 2: total 4, unpacked 4, hash 8; 3: total 8,
 * unpacked 8, hash 8. Its magic number can occur within it.
 * One for each file: it counts.
 */
export function compressedBundles(): GpuFormat {
  let tables = 0
  return {
    needle: Buffer.from('COB'),
    lead: 1,
    least: 32,
    open(head, start, size) {
      const header = head[0] === 0x43 ? headerOf(head) : undefined
      if (header === undefined) return undefined
      const rest = Math.min(header.total ?? Infinity, size - start) - header.size
      const needed = header.size + Math.min(headSize(head.subarray(header.size)), rest)
      if (head.length < needed) return needed
      const payload = head.subarray(header.size)
      const zstd = zstdFrameHeader(payload)
      if (zstd === undefined && !isZlib(payload)) return undefined
      const full = start + (header.total ?? Infinity)
      const end = header.total === undefined ? Infinity : Math.min(full, size)
      if (zstd === undefined && end === Infinity) {
        return { form: 'bundle', end, pieces: packing => endless(header, packing) }
      }
      const objects = tables++ < tablesLimit ? objectsOf(payload) : undefined
      const cut = end !== Infinity && full > size
      return {
        form: 'bundle',
        end,
        *pieces(packing) {
          if (zstd === undefined || end !== Infinity) return shared(header, start, { end, cut }, objects, packing)
          const found = yield* frameEnd(zstd, start + header.size, size)
          return shared(header, start, { end: found.end, cut: found.wrong !== undefined }, objects, packing)
        },
      }
    },
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to ask for.
function* endless(header: Header, packing: GpuPacking): Walk {
  packing.add(overhead, header.size, header.size)
  return 'a compressed bundle does not say where it ends'
}

function headerOf(head: Buffer): Header | undefined {
  if (head.readUInt16LE(6) > 1) return undefined
  const version = head.readUInt16LE(4)
  if (version === 1) return { size: 20, total: undefined }
  const header =
    version === 2
      ? { size: 24, total: head.readUInt32LE(8) }
      : version === 3
        ? { size: 32, total: number64(head, 8) }
        : undefined
  return header && header.total > header.size && header.total <= Number.MAX_SAFE_INTEGER ? header : undefined
}

/** RFC 1950: deflate, and a check of the first two bytes. */
function isZlib(payload: Buffer): boolean {
  return payload.length >= 2 && (payload.readUInt8(0) & 0x0f) === 8 && payload.readUInt16BE(0) % 31 === 0
}

/** How many bytes of a payload unfold to its table. */
function headSize(payload: Buffer): number {
  if (payload.length < frameHeadSize + blockHeaderSize) return frameHeadSize + blockHeaderSize
  const frame = zstdFrameHeader(payload)
  if (frame === undefined) return isZlib(payload) ? zlibHeadSize : 0
  const { type, stored } = blockHeader(payload, frame.size)
  return type === 'reserved' ? 0 : frame.size + blockHeaderSize + stored
}

/** The objects in a payload, by its beginning; undefined where they cannot be read. */
function objectsOf(payload: Buffer): readonly GpuObject[] | undefined {
  const beginning = isZlib(payload) ? inflated(payload.subarray(0, zlibHeadSize)) : firstBlock(payload)
  const table = beginning === undefined ? undefined : bundleTable(beginning)
  return typeof table === 'object' ? table.objects.filter(({ size }) => size > 0) : undefined
}

function firstBlock(payload: Buffer): Buffer | undefined {
  const frame = zstdFrameHeader(payload)
  if (frame === undefined) return undefined
  const from = frame.size + blockHeaderSize
  const block = blockHeader(payload, frame.size)
  if (payload.length < from + block.stored) return undefined
  return unfoldFirstBlock(block, payload.subarray(from, from + block.stored))
}

function inflated(payload: Buffer): Buffer | undefined {
  try {
    return inflateSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return undefined
  }
}

/** Objects are compressed as one, so each gets a share by its size. Answers with why that is inexact. */
function shared(
  header: Header,
  start: number,
  { end, cut }: { readonly end: number; readonly cut: boolean },
  objects: readonly GpuObject[] | undefined,
  packing: GpuPacking,
): string | undefined {
  const headed = Math.min(header.size, end - start)
  packing.add(overhead, headed, headed)
  const stored = end - start - headed
  const sum = objects?.reduce((total, { size }) => total + size, 0) ?? 0
  if (objects === undefined || sum === 0 || sum > Number.MAX_SAFE_INTEGER) {
    packing.add(unread, stored, stored)
    return 'a compressed bundle could not be read'
  }
  let [before, given] = [0, 0]
  for (const { size, label } of objects) {
    before += size
    const bytes = Math.round((before / sum) * stored) - given
    given += bytes
    packing.add(label, bytes, size)
  }
  if (cut) return cutShort
  return objects.length > 1 ? 'the shares of architectures in a compressed bundle are estimated' : undefined
}
