import * as Schema from "effect/Schema"
import { checkName, OptionsInvalid, readMillis } from "./ReadOptions.ts"

/**
 * What can go wrong at each point of a service, as data. `call` counts the calls at that point from 1, since the plan
 * was set; without it the next call is meant.
 *
 * - `fail`: nothing was done, and the caller is told so; at `network.request` the connection is refused.
 * - `drop_answer`: it was done, and the answer is lost.
 * - `refuse`, `deny`: the other side says no to this request, or to everything from us.
 * - `disk_full`: the write fails because there is no room.
 * - `garble`: what comes is not what it says it is.
 * - `duplicate`: it arrives twice.
 * - `crash`: the process of the service dies right after it did it, and another one starts on the same rows and bytes.
 * - `delay:TIME`: it takes so long, e.g. `delay:5s`.
 */
export const faultPoints = {
  "provider.submit": ["fail", "refuse", "drop_answer", "delay", "crash"],
  "provider.poll": ["fail", "delay", "crash"],
  "provider.output": ["fail", "garble", "delay"],
  "store.write": ["fail", "disk_full", "delay", "crash"],
  "store.commit": ["fail", "disk_full", "crash"],
  "artifact.write": ["fail", "disk_full", "delay", "crash"],
  "artifact.read": ["fail", "delay"],
  "spool.write": ["fail", "disk_full", "crash"],
  "rail.open": ["fail", "refuse", "deny", "drop_answer", "delay", "crash"],
  "rail.look": ["fail", "delay", "crash"],
  "rail.event": ["fail", "duplicate"],
  "network.request": ["fail", "duplicate", "delay", "crash"],
  "network.answer": ["drop_answer", "garble", "delay"]
} as const satisfies { readonly [point: string]: ReadonlyArray<string> }

export type FaultPoint = keyof typeof faultPoints
type DeedOf<P extends FaultPoint> = (typeof faultPoints)[P][number]
type Spelled<D extends string> = D extends "delay" ? `delay:${string}` : D

/** One fault. Plain JSON. */
export type Fault = {
  readonly [P in FaultPoint]: { readonly at: P; readonly call?: number | "every"; readonly do: Spelled<DeedOf<P>> }
}[FaultPoint]

/** What befalls one call. */
export type Blow =
  | { readonly _tag: Exclude<DeedOf<FaultPoint>, "delay"> }
  | { readonly _tag: "delay"; readonly millis: number }

const FaultJson = Schema.Struct({
  at: Schema.String,
  call: Schema.optionalKey(Schema.Union([Schema.Literal("every"), Schema.Int.check(Schema.isGreaterThan(0))])),
  do: Schema.String
})

const decode = Schema.decodeUnknownSync(Schema.Array(FaultJson), { onExcessProperty: "error" })

interface Planned {
  readonly at: FaultPoint
  readonly call: number | "every"
  readonly blow: Blow
}

/** Counts the calls at each point, and says what befalls each. */
export interface FaultBoard {
  /** Replaces the plan and counts from 1 again. Throws when the plan is none. */
  readonly set: (plan: unknown) => void
  readonly take: (at: FaultPoint) => Blow | null
  /** How many calls there have been at a point since the plan was set. */
  readonly calls: (at: FaultPoint) => number
}

export const board = (plan: unknown = []): FaultBoard => {
  let planned = read(plan)
  let counts = new Map<FaultPoint, number>()
  return {
    set: (next) => {
      planned = read(next)
      counts = new Map()
    },
    take: (at) => {
      const call = (counts.get(at) ?? 0) + 1
      counts.set(at, call)
      return planned.find((fault) => fault.at === at && (fault.call === "every" || fault.call === call))?.blow ?? null
    },
    calls: (at) => counts.get(at) ?? 0
  }
}

const isPoint = (at: string): at is FaultPoint => Object.hasOwn(faultPoints, at)

const read = (plan: unknown): ReadonlyArray<Planned> =>
  decoded(plan).flatMap(({ at, call = 1, do: deed }, index) => {
    const where = `faults[${index}]`
    checkName(`${where}.at`, at, Object.keys(faultPoints))
    return isPoint(at) ? [{ at, call, blow: blowOf(at, deed, `${where}.do`) }] : []
  })

const decoded = (plan: unknown) => {
  try {
    return decode(plan)
  } catch (error) {
    throw new OptionsInvalid(`faults is no list of {at, do, call}: ${error instanceof Error ? error.message : ""}`)
  }
}

const blowOf = (at: FaultPoint, deed: string, where: string): Blow => {
  const [name = "", time] = deed.split(/:(.*)/su)
  checkName(`${where}, at ${at}`, name, faultPoints[at])
  if (name === "delay") return { _tag: "delay", millis: readMillis(time ?? "", where) }
  if (time !== undefined) throw new OptionsInvalid(`${where}: ${name} takes nothing after a colon, and got ${deed}`)
  return { _tag: plainDeeds[name] ?? "fail" }
}

const plainDeeds: { readonly [name: string]: Exclude<Blow["_tag"], "delay"> } = {
  fail: "fail",
  refuse: "refuse",
  deny: "deny",
  drop_answer: "drop_answer",
  disk_full: "disk_full",
  garble: "garble",
  duplicate: "duplicate",
  crash: "crash"
}
