/** The candidate closest to what was typed, when it is close enough to be a slip: at most a third of its length away. */
export const nearest = (typed: string, candidates: Iterable<string>): string | null => {
  let best: string | null = null
  let smallest = Math.max(1, Math.floor(typed.length / 3)) + 1
  for (const candidate of candidates) {
    const steps = distance(typed.toLowerCase(), candidate.toLowerCase())
    if (steps < smallest) {
      best = candidate
      smallest = steps
    }
  }
  return best
}

/**
 * Letters to insert, leave out, replace, or swap with their neighbour; a hyphen and an underscore count as the same
 * letter. Inputs beyond 64 characters are not slips.
 */
const distance = (left: string, right: string): number => {
  if (left.length > 64 || right.length > 64) return Number.POSITIVE_INFINITY
  const [a, b] = [left.replaceAll("_", "-"), right.replaceAll("_", "-")]
  let [before, row]: [ReadonlyArray<number>, ReadonlyArray<number>] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j)
  ]
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const steps = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same]
      next.push(Math.min(...steps, isSwap ? (before[j - 2] ?? 0) + 1 : Infinity))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
