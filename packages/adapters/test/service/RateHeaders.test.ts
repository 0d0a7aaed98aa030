import { assert, describe, it } from "@effect/vitest"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../Folder.ts"
import { serve } from "./Compositions.ts"
import { bearer, json, post, type RawReply, type RawRequest, send } from "./RawHttp.ts"
import { signUp, uploadOf } from "./Site.ts"

const limits = { ...contractLimits, acceptTestContacts: true, requestsPerMinute: 3, uploadsPerHour: 1 }

/** What an answer says about its limit; `reset` as a number of seconds. */
const limitOf = ({ headers }: RawReply) => ({
  limit: headers["ratelimit-limit"] ?? null,
  remaining: headers["ratelimit-remaining"] ?? null,
  reset: Number(headers["ratelimit-reset"])
})

/** As a proxy of this machine hands on what a stranger sent. */
const fromAfar = (request: RawRequest): RawRequest => ({
  ...request,
  headers: { ...request.headers, "x-forwarded-for": "203.0.113.77" }
})

describe("the headers of rate limits", () => {
  it.effect("stand on each answer to a stranger, and with a refusal the seconds to wait", () =>
    Effect.gen(function* () {
      const { apiBaseUrl: origin } = yield* serve(yield* temporaryFolder, { limits })
      const token = yield* signUp(origin, "limited")
      const ask = (request: RawRequest) =>
        send(origin, fromAfar({ ...request, headers: { ...request.headers, ...bearer(token) } }))

      const uploaded = yield* ask(post("/v1/upload", uploadOf(solidPng(8, 8, 1, 2, 3))))
      assert.deepInclude(limitOf(uploaded), { limit: "1", remaining: "0" })
      const raw = { method: "PUT", path: "/v1/uploads?filename=a.png", body: solidPng(8, 8, 4, 5, 6) }
      const again = yield* ask({ ...raw, headers: { "content-type": "image/png" } })
      assert.deepStrictEqual([again.status, limitOf(again).remaining], [429, "0"])
      assert.strictEqual(again.headers["retry-after"], again.headers["ratelimit-reset"])

      const third = yield* ask({ path: "/v1/jobs/job_zzzzzzzzzzzzzzzzzzzz" })
      assert.deepStrictEqual([third.status, limitOf(third).limit, limitOf(third).remaining], [404, "3", "0"])
      assert.isAtMost(limitOf(third).reset, 60)
      const refused = yield* ask({ path: "/v1/whoami" })
      const seconds = jsonField(jsonField(jsonField(json(refused), "error"), "recovery"), "retry_after_seconds")
      assert.deepStrictEqual(
        [refused.status, refused.headers["x-image-skill-exit-code"], refused.headers["retry-after"]],
        [429, "5", JSON.stringify(seconds)]
      )

      const here = yield* send(origin, { path: "/v1/whoami", headers: bearer(token) })
      assert.deepStrictEqual([here.status, limitOf(here).limit], [200, null])
      const open = yield* send(origin, fromAfar({ path: "/v1/payment-methods" }))
      assert.deepStrictEqual([open.status, limitOf(open).limit], [200, null])
      const signup = yield* send(
        origin,
        fromAfar(post("/v1/agent-signups", { agent_name: "a", runtime: "b", return_token: false }))
      )
      assert.deepInclude(limitOf(signup), { limit: "10", remaining: "9" })
    }).pipe(Effect.scoped)
  )
})
