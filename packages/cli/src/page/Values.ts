import type * as Schema from "effect/Schema"

/** Amounts, times and words as a person reads them. */

/** `12 credits ($0.12)`; a credit is a cent unless the answer says otherwise. */
export const credits = (count: number, unitUsd = 0.01): string =>
  `${grouped(count)} credit${count === 1 ? "" : "s"} (${usd(count * unitUsd)})`

/** At least the cents; a fraction of one only where there is one, and never more than six digits. */
export const usd = (amount: number): string => {
  const digits = amount.toFixed(6).replace(/0{1,4}$/u, "")
  const [whole = "0", rest = "00"] = digits.replace("-", "").split(".")
  return `${amount < 0 ? "-" : ""}$${grouped(Number(whole))}.${rest}`
}

export const money = (cents: number, currency: string | null): string =>
  currency === null || currency === "USD" || currency === "usd"
    ? usd(cents / 100)
    : `${(cents / 100).toFixed(2)} ${currency}`

/** `2026-11-21 12:00:05 UTC`; what is no such time stays as it is. */
export const when = (time: string): string => {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/u.exec(time) ?? []
  return day === undefined || clock === undefined ? time : `${day} ${clock} UTC`
}

export const bytes = (count: number): string => {
  if (count < 1000) return `${count} bytes`
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`
}

export const yesNo = (value: boolean): string => (value ? "yes" : "no")

/** A name of a field or a state, in words: `quota_required` is `quota required`. */
export const words = (name: string): string => name.replaceAll(/[_\s]+/gu, " ").trim()

/** A name of a field as it stands before its value. What is no such name, such as a flag, stays as it is. */
export const label = (name: string): string => {
  if (!/^[a-z]\w*$/iu.test(name)) return name
  const text = words(name)
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Any value on one line. */
export const plain = (value: Schema.Json): string => {
  if (value === null) return "none"
  if (typeof value === "boolean") return yesNo(value)
  if (typeof value === "number") return `${value}`
  if (typeof value === "string") return timeLike.test(value) ? when(value) : value
  if (Array.isArray(value) && isScalarList(value)) return value.length === 0 ? "none" : value.map(plain).join(", ")
  return JSON.stringify(value)
}

const timeLike = /^\d{4}-\d\d-\d\dT/u

/** A list of values that are no lists or objects themselves. */
export const isScalarList = (value: Schema.Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)

const grouped = (count: number): string => `${count}`.replaceAll(/\B(?=(?:\d{3})+(?!\d))/gu, ",")
