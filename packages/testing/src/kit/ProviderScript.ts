import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FakeMediaProvider from "../media/FakeMediaProvider.ts"
import { checkName, OptionsInvalid, readMillis } from "./ReadOptions.ts"

/**
 * What a scripted provider does with one request.
 *
 * - `succeed`; `partial`: one output fewer than asked for; `garbage`: bytes that are no media.
 * - `fail:unavailable`: it was not reached, nothing is billed. `fail:rejected`: it will never take this request.
 *   `refuse`: its content policy refuses it. `lost`: it took the request, and its answer is lost.
 * - `slow:TIME`: it answers after that time. `hang`: it never answers.
 * - `queue:N`: it takes the request into a queue, and so many polls find it waiting; `queue:N:canceled`,
 *   `queue:N:gone`, `queue:N:rejected`, `queue:N:refused` say how it ends otherwise.
 */
export type ProviderOutcome =
  | "succeed"
  | "partial"
  | "garbage"
  | "refuse"
  | "lost"
  | "hang"
  | "fail:unavailable"
  | "fail:rejected"
  | `slow:${string}`
  | `queue:${number}`
  | `queue:${number}:${"canceled" | "gone" | "rejected" | "refused"}`

const plain: { readonly [outcome: string]: FakeMediaProvider.Behaviour } = {
  succeed: FakeMediaProvider.succeed,
  garbage: { _tag: "Garbage" },
  refuse: FakeMediaProvider.fail("content_refused"),
  lost: { _tag: "Lost" },
  hang: { _tag: "WaitFor", signal: Effect.never },
  "fail:unavailable": FakeMediaProvider.fail("unavailable"),
  "fail:rejected": FakeMediaProvider.fail("rejected")
}

const endings: { readonly [word: string]: Extract<FakeMediaProvider.Behaviour, { _tag: "Queue" }>["ends"] } = {
  canceled: "Canceled",
  gone: "Gone",
  rejected: "rejected",
  refused: "content_refused"
}

const known = [...Object.keys(plain), "partial", "slow:30s", "queue:2", "queue:2:gone"]

type Script = (request: GenerationRequest) => FakeMediaProvider.Behaviour

const read = (text: string, where: string): Script => {
  const behaviour = plain[text]
  if (behaviour !== undefined) return () => behaviour
  if (text === "partial") return ({ outputCount }) => ({ _tag: "Succeed", delivered: Math.max(0, outputCount - 1) })
  if (text.startsWith("slow:")) {
    const signal = Effect.sleep(Duration.millis(readMillis(text.slice("slow:".length), where)))
    return () => ({ _tag: "WaitFor", signal })
  }
  const [, polls, ending = "answered"] = /^queue:(\d+)(?::(\w+))?$/u.exec(text) ?? []
  if (polls === undefined) {
    checkName(where, text, known)
    throw new OptionsInvalid(`${where}: ${text} is no outcome`)
  }
  if (ending !== "answered") checkName(where, ending, Object.keys(endings))
  const ends = endings[ending] ?? "Answered"
  return () => FakeMediaProvider.queue(Number(polls), { ends })
}

/** The outcomes in their order, one a request; `after` for every request after them. */
export const make = (
  id: string,
  outcomes: ReadonlyArray<string>,
  after = "succeed"
): Effect.Effect<FakeMediaProvider.FakeMediaProvider> => {
  const scripts = outcomes.map((text, index) => read(text, `providers.${id}[${index}]`))
  const last = read(after, `providers.${id}.after`)
  return FakeMediaProvider.make((request, call) => (scripts[call] ?? last)(request), { id })
}
