/** Draws numbers in 0..1. The same seed and label give the same numbers on every machine. */
export interface Random {
  (): number
  /** A number between `low` and `high`. */
  between(low: number, high: number): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly [T, ...ReadonlyArray<T>]): T
}

/**
 * A stream of its own for each part of the picture: adding a cat must not move the clouds. `label` names the part.
 * The generator is mulberry32; its 2^32 period is ample for one picture.
 */
export const makeRandom = (seed: number, label: string): Random => {
  let state = hashText(label, seed)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return Object.assign(next, {
    between: (low: number, high: number) => low + (high - low) * next(),
    whole: (low: number, high: number) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability: number) => next() < probability,
    pick: <T>(choices: readonly [T, ...ReadonlyArray<T>]): T =>
      choices[Math.floor(next() * choices.length)] ?? choices[0]
  })
}

/** A seed of its own for each subject, so that two prompts with the same seed do not share their clouds. */
export const seedFor = (seed: number, subject: string): number => hashText(subject, seed)

/** FNV-1a over UTF-16 code units, then a finaliser, so that near labels give far seeds. */
const hashText = (text: string, seed = 0): number => {
  let hash = (2166136261 ^ seed) | 0
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
