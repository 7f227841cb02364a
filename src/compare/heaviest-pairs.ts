// An image of Docker has 127 layers. A thousand against a thousand take 50 ms, and their square takes memory too.
const longest = 1000

type Pair = readonly [atA: number, atB: number]

/** Pairs positions of two lists, both first to last, so that their weights come to the most that can be. What weighs 0 is no
 *  pair. With weights of 1 where items are equal, it is the longest common subsequence. Longer lists are cut into parts that
 *  are paired each by itself: the first of one with the first of the other. */
export function heaviestPairs(lengthA: number, lengthB: number, weight: (atA: number, atB: number) => number): Pair[] {
  const parts = Math.max(1, Math.ceil(Math.sqrt(lengthA * lengthB) / longest))
  return Array.from({ length: parts }, (_, part) => part).flatMap(part => {
    const [fromA, endA] = [cut(lengthA, part, parts), cut(lengthA, part + 1, parts)]
    const [fromB, endB] = [cut(lengthB, part, parts), cut(lengthB, part + 1, parts)]
    const pairs = heaviestOf(endA - fromA, endB - fromB, (a, b) => weight(fromA + a, fromB + b))
    return pairs.map(([a, b]) => [fromA + a, fromB + b] as const)
  })
}

function cut(length: number, part: number, parts: number): number {
  return Math.floor((length * part) / parts)
}

function heaviestOf(lengthA: number, lengthB: number, weight: (atA: number, atB: number) => number): Pair[] {
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
  const pairs: Pair[] = []
  for (let a = 0, b = 0; most(a, b) > 0; ) {
    if (paired(a, b) === most(a, b)) pairs.push([a++, b++])
    else if (most(a + 1, b) === most(a, b)) a++
    else b++
  }
  return pairs
}
