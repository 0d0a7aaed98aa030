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

/** Levenshtein distance; a hyphen and an underscore count as the same letter. Inputs beyond 64 characters are not slips. */
const distance = (left: string, right: string): number => {
  if (left.length > 64 || right.length > 64) return Number.POSITIVE_INFINITY
  const [a, b] = [left.replaceAll("_", "-"), right.replaceAll("_", "-")]
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution))
    }
    row = next
  }
  return row[b.length] ?? 0
}
