import { nearest } from "@image-skill/core/envelope/Nearest"

/** What was given to the kit is not what it takes. The message names the field and, where there is one, the nearest name. */
export class OptionsInvalid extends Error {
  override readonly name = "OptionsInvalid"
}

const units: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const longUnits: { readonly [word: string]: string } = {
  millisecond: "ms",
  second: "s",
  minute: "m",
  hour: "h",
  day: "d"
}

/** A time as tests write it: `30s`, `10 minutes`, `2 days`, or milliseconds. */
export const readMillis = (text: string | number, where: string): number => {
  if (typeof text === "number" && Number.isFinite(text) && text >= 0) return text
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/iu.exec(`${text}`.trim())
  const word = (match?.[2] ?? "").toLowerCase()
  const factor = units[longUnits[word.replace(/s$/u, "")] ?? word]
  if (match === null || factor === undefined)
    throw new OptionsInvalid(`${where}: ${JSON.stringify(text)} is no time; write 500ms, 30s, 10 minutes, 2h or 1 day`)
  return Number(match[1]) * factor
}

/** Throws for a name that nobody knows, and names the nearest one. */
export const checkName = (where: string, name: string, known: Iterable<string>): void => {
  const all = [...known]
  if (all.includes(name)) return
  const near = nearest(name, all)
  const list = all.length > 16 ? `${all.slice(0, 16).join(", ")}, and ${all.length - 16} more` : all.join(", ")
  const hint = near === null ? "" : ` Did you mean ${near}?`
  throw new OptionsInvalid(`${where}: there is no ${JSON.stringify(name)}.${hint} Known are ${list}.`)
}

export const checkNames = (where: string, value: object, known: ReadonlyArray<string>): void => {
  for (const name of Object.keys(value)) checkName(where, name, known)
}
