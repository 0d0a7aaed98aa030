/**
 * Whole US cents of an amount in dollars, rounded down, so that a limit is never raised. `0.29` is 29, though as a binary
 * fraction times a hundred it is a little less.
 */
export const centsOf = (usd: number): number => {
  const nearest = Math.round(usd * 100)
  return nearest / 100 <= usd ? nearest : nearest - 1
}
