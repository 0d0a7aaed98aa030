import { createHash } from "node:crypto"

/** What happened, line by line. */
export interface Trace {
  readonly line: (text: string) => void
  readonly last: (count: number) => ReadonlyArray<string>
  /** The same for the same lines, and for no others. */
  readonly hash: () => string
}

export const make = (elapsed: () => number): Trace => {
  const lines: Array<string> = []
  return {
    line: (text) => void lines.push(`${(elapsed() / 1000).toFixed(3).padStart(12)} s  ${text}`),
    last: (count) => lines.slice(-count),
    hash: () => createHash("sha256").update(lines.join("\n")).digest("hex")
  }
}
