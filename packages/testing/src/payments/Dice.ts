/** Chance that repeats: the same seed throws the same numbers, in the order in which they are asked for. */
export interface Dice {
  /** 0 to `count - 1`. */
  readonly below: (count: number) => number
  readonly between: (least: number, most: number) => number
  /** True in `percent` of a hundred throws. */
  readonly chance: (percent: number) => boolean
  readonly pick: <A>(first: A, ...others: ReadonlyArray<A>) => A
  /** One of a list; null when it is empty. */
  readonly oneOf: <A>(rows: ReadonlyArray<A>) => A | null
}

/** Mulberry32, a generator of 32 bits by Tommy Ettinger. It decides what a test does, and nothing else. */
export const make = (seed: number): Dice => {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), state | 1)
    const more = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (more ^ (more >>> 14)) >>> 0
  }
  const below = (count: number): number => next() % Math.max(1, count)
  const oneOf = <A>(rows: ReadonlyArray<A>): A | null => rows[below(rows.length)] ?? null
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (percent) => below(10_000) < percent * 100,
    pick: (first, ...others) => others[below(others.length + 1) - 1] ?? first,
    oneOf
  }
}
