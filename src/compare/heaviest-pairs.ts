/** Pairs positions of two lists, both first to last, so that their weights come to the most that can be. What weighs 0 is no
 *  pair. With weights of 1 where items are equal, it is the longest common subsequence. */
export function heaviestPairs(
  lengthA: number,
  lengthB: number,
  weight: (atA: number, atB: number) => number,
): (readonly [atA: number, atB: number])[] {
  // What is left can come to, by where it begins.
  const left = Array.from({ length: lengthA + 1 }, () => new Float64Array(lengthB + 1))
  const most = (a: number, b: number) => left[a]?.[b] ?? 0
  const paired = (a: number, b: number) => {
    const own = weight(a, b)
    return own === 0 ? 0 : own + most(a + 1, b + 1)
  }
  for (let a = lengthA - 1; a >= 0; a--) {
    const row = left[a] ?? []
    for (let b = lengthB - 1; b >= 0; b--) row[b] = Math.max(paired(a, b), most(a + 1, b), most(a, b + 1))
  }
  const pairs: [number, number][] = []
  for (let a = 0, b = 0; most(a, b) > 0; ) {
    if (paired(a, b) === most(a, b)) pairs.push([a++, b++])
    else if (most(a + 1, b) === most(a, b)) a++
    else b++
  }
  return pairs
}
