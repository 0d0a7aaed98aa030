import type { Fault } from "@image-skill/testing/media/emulators/Emulator"
import type * as Schema from "effect/Schema"
import type { VendorId } from "./MediaStudio.ts"

/**
 * What the answer says of a request that the provider failed.
 *
 * - `made`: nothing of the fault.
 * - `turned down`: the provider did nothing, the same command may try again, and its credits wait for that.
 * - `failed`, `refused`: it is over, and everything is given back.
 * - `goes on`: the wait is over, the work is not.
 * - `unknown`: nobody knows whether it was accepted; it is never asked again.
 * - `not stored`: it was made, and nobody has it yet.
 */
export type Saying = "made" | "turned down" | "failed" | "refused" | "goes on" | "unknown" | "not stored"

/** Exit code, code, outcome, whether money moved, whether it may be tried again. */
export type Facts = readonly [number | null, string, string, string, Schema.Json | undefined]

export const failures: { readonly [S in Exclude<Saying, "made">]: Facts } = {
  "turned down": [7, "PROVIDER_FAILURE", "rejected", "no", true],
  failed: [7, "PROVIDER_FAILURE", "rejected", "no", false],
  refused: [6, "CONTENT_POLICY_DENIED", "rejected", "no", false],
  "goes on": [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true],
  unknown: [8, "PROVIDER_TIMEOUT", "unknown", "unknown", true],
  "not stored": [9, "ARTIFACT_STORAGE_WRITE_FAILED", "unknown", "unknown", false]
}

/** The command that each leads to. */
export const ways: { readonly [S in Saying]: string } = {
  made: "assets get",
  "turned down": "create",
  failed: "jobs show",
  refused: "jobs show",
  "goes on": "jobs wait",
  unknown: "create",
  "not stored": "jobs show"
}

export interface Case {
  readonly name: string
  readonly fault: Fault
  /** How often; for ever where it is left out. */
  readonly times?: number
  readonly wait?: number
  readonly says: { readonly [V in VendorId]: Saying | null }
  /** How many requests the provider takes of the first command. */
  readonly accepted: 0 | 1
}

const refuse = (status: number): Fault => ({ _tag: "refuse", status })

/** Stands for where the test puts it. */
const elsewhere = "http://127.0.0.1:1/"

export const cases: ReadonlyArray<Case> = [
  ...[429, 500, 503].map((status): Case => ({
    name: `refuses with ${status}`,
    fault: refuse(status),
    says: { fal: "turned down", openai: "turned down" },
    accepted: 0
  })),
  { name: "refuses with 401", fault: refuse(401), says: { fal: "failed", openai: "failed" }, accepted: 0 },
  {
    name: "answers late",
    fault: { _tag: "slow", millis: 1_500 },
    wait: 500,
    says: { fal: "goes on", openai: "goes on" },
    accepted: 1
  },
  { name: "drops the answer", fault: { _tag: "drop" }, says: { fal: "unknown", openai: "unknown" }, accepted: 1 },
  { name: "delivers twice", fault: { _tag: "duplicate" }, says: { fal: "made", openai: "made" }, accepted: 1 },
  {
    name: "delivers a page for a picture",
    fault: { _tag: "wrong_type" },
    says: { fal: "failed", openai: "failed" },
    accepted: 1
  },
  {
    name: "breaks off once in the middle of what it delivers",
    fault: { _tag: "truncated" },
    times: 1,
    says: { fal: "made", openai: "unknown" },
    accepted: 1
  },
  {
    name: "breaks off again and again in the middle of what it delivers",
    fault: { _tag: "truncated" },
    says: { fal: "not stored", openai: null },
    accepted: 1
  },
  {
    name: "sends whoever fetches it to a private address",
    fault: { _tag: "redirect", to: elsewhere },
    says: { fal: "failed", openai: null },
    accepted: 1
  },
  { name: "refuses the content", fault: { _tag: "content" }, says: { fal: "refused", openai: "refused" }, accepted: 0 },
  {
    name: "never gets done",
    fault: { _tag: "endless" },
    wait: 500,
    says: { fal: "goes on", openai: "goes on" },
    accepted: 1
  }
]
