import {
  blockHeader,
  blockHeaderSize,
  blockLimit,
  frameHeadSize,
  unfoldFirstBlock,
  type ZstdFrameHeader,
  zstdFrameHeader,
} from '../../bytes/zstd-block.ts'
import { cubinLabel } from './cubin.ts'
import type { GpuLabel, GpuPacking } from './gpu-code.ts'
import { cutShort, damaged, type GpuFormat, type Walk } from './gpu-format.ts'

/** Frames of other things: each is unfolded a little, and bytes can be made of nothing but their beginnings. */
const othersLimit = 1000

/** Most blocks of a frame: 128 GiB of full ones. */
const blocksLimit = 2 ** 20

/** A zstd frame that is a cubin, without a container: libcublasLt of CUDA 13 has 393. One for each file: it counts. */
export function cubinFrames(): GpuFormat {
  let others = 0
  return {
    needle: Buffer.from([0xb5, 0x2f, 0xfd]),
    lead: 1,
    least: frameHeadSize + blockHeaderSize,
    open(head, start, size) {
      if (others > othersLimit) return undefined
      const frame = zstdFrameHeader(head)
      if (frame === undefined) return undefined
      const block = blockHeader(head, frame.size)
      if (block.type === 'reserved' || block.type === 'repeated' || block.stored > blockLimit) return undefined
      const from = frame.size + blockHeaderSize
      if (head.length < from + block.stored) return from + block.stored
      const label = cubinLabel(unfoldFirstBlock(block, head.subarray(from, from + block.stored)) ?? head)
      if (label !== undefined) {
        return { form: 'frame', end: Infinity, pieces: packing => wholeFrame(frame, label, start, size, packing) }
      }
      others++
      return others > othersLimit ? { form: 'frame', end: start, pieces: tooMany } : undefined
    },
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to ask for.
function* tooMany(): Walk {
  return `more than ${othersLimit.toLocaleString('en-US')} zstd frames are no GPU code, and those behind them were not read`
}

function* wholeFrame(frame: ZstdFrameHeader, label: GpuLabel, start: number, size: number, packing: GpuPacking): Walk {
  const { end, wrong } = yield* frameEnd(frame, start, size)
  packing.add(label, end - start, frame.content ?? end - start)
  return wrong
}

/** Where a frame ends, told by the headers of its blocks without unfolding them. */
export function* frameEnd(
  frame: ZstdFrameHeader,
  start: number,
  size: number,
): Generator<{ from: number; length: number }, { end: number; wrong?: string }, Buffer | undefined> {
  let at = start + frame.size
  for (let blocks = 0; blocks < blocksLimit; blocks++) {
    const head = yield { from: at, length: blockHeaderSize }
    if (head === undefined) break
    const { last, type, stored } = blockHeader(head, 0)
    if (type === 'reserved' || stored > blockLimit) return { end: at, wrong: damaged }
    at += blockHeaderSize + stored
    if (!last) continue
    const end = at + frame.checksum
    return end > size ? { end: size, wrong: cutShort } : { end }
  }
  return { end: Math.min(at, size), wrong: cutShort }
}
