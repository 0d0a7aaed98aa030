import { type EmulatedCall, type EmulatedReply, serve } from "@image-skill/testing/media/emulators/Emulator"
import { signal } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"

/** What stands between a program and whom it talks to; media go through it byte for byte. */
export interface Door {
  readonly origin: string
  /** From now on, requests of this kind wait: before they are passed on, or with their answer. */
  readonly hold: (isHeld: (call: EmulatedCall) => boolean, when: "before" | "after") => void
  /** Waits until the first request since then is held. */
  readonly held: Effect.Effect<void>
  /** What was held goes on, and nothing is held any more. */
  readonly open: () => void
  /** What was held is lost, and nothing is held any more. */
  readonly cut: () => void
}

interface Rule {
  readonly isHeld: (call: EmulatedCall) => boolean
  readonly when: "before" | "after"
}

/** Whom `target` names may be somewhere else by the next request. With `renames`, answers name the door instead. */
export const door = (target: () => string, renames: boolean) =>
  Effect.gen(function* () {
    let rule: Rule | null = null
    let reached = signal()
    const waiting: Array<(goesOn: boolean) => void> = []
    const stop = () =>
      new Promise<boolean>((resolve) => {
        waiting.push(resolve)
        reached.send()
      })
    const release = (goesOn: boolean) => () => {
      rule = null
      for (const resolve of waiting.splice(0)) resolve(goesOn)
    }
    const { origin } = yield* serve(async (call, own) => {
      const when = rule?.isHeld(call) === true ? rule.when : null
      if (when === "before" && !(await stop())) return broken
      const reply = await passOn(target(), call, renames ? own : null).catch(() => broken)
      return when === "after" && !(await stop()) ? broken : reply
    })
    const made: Door = {
      origin,
      hold: (isHeld, when) => {
        rule = { isHeld, when }
        reached = signal()
      },
      held: Effect.suspend(() => Effect.promise(() => reached.sent)),
      open: release(true),
      cut: release(false)
    }
    return made
  })

const broken: EmulatedReply = { status: 502, breakAfter: 0 }

/** What belongs to one connection only: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1. */
const ofConnection = /^(?:host|connection|keep-alive|content-length|content-encoding|transfer-encoding|expect)$/u

const passOn = async (target: string, call: EmulatedCall, own: string | null): Promise<EmulatedReply> => {
  const { body, headers, method, path, query } = call
  const sent = Object.entries(headers).flatMap(([name, value]): Array<[string, string]> =>
    typeof value === "string" && !ofConnection.test(name) ? [[name, value]] : []
  )
  const reply = await fetch(`${target}${path}${query.size === 0 ? "" : `?${query.toString()}`}`, {
    method,
    headers: sent,
    redirect: "manual",
    ...(method === "GET" || method === "HEAD" ? {} : { body: Buffer.from(body) })
  })
  const bytes = Buffer.from(await reply.arrayBuffer())
  const isJson = reply.headers.get("content-type")?.includes("json") === true
  return {
    status: reply.status,
    headers: Object.fromEntries([...reply.headers].filter(([name]) => !ofConnection.test(name))),
    body: new Uint8Array(own !== null && isJson ? Buffer.from(bytes.toString().replaceAll(target, own)) : bytes)
  }
}
