/** A smaller input that still fails, as far as one is found in `seconds`: pieces are left out, smaller and smaller ones. */
export async function minimise(
  bytes: Buffer,
  fails: (bytes: Buffer) => Promise<boolean>,
  seconds: number,
): Promise<Buffer> {
  const end = performance.now() + seconds * 1000
  let best = bytes
  for (let piece = Math.ceil(best.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < best.length; ) {
      if (performance.now() > end) return best
      const without = Buffer.concat([best.subarray(0, at), best.subarray(at + piece)])
      if (await fails(without)) best = without
      else at += piece
    }
  }
  return best
}
