import { assert, describe, it } from "@effect/vitest"
import { withoutToken } from "@image-skill/adapters/service/EchoedToken"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"

const token = "isk_r_0123456789abcdefghij"

const answered = (answer: Schema.JsonObject, text = JSON.stringify(answer), sent = token) =>
  withoutToken(answer, text, Redacted.make(sent))

describe("withoutToken", () => {
  it("cuts the token out of texts and names of fields, however deep, and leaves the rest as it is", () => {
    const answer = { data: { [`a ${token}`]: [`${token}, ${token}`, 1, null, { [token]: true }] }, ok: true }
    const mark = "[redacted token]"
    assert.deepStrictEqual(answered(answer), {
      data: { [`a ${mark}`]: [`${mark}, ${mark}`, 1, null, { [mark]: true }] },
      ok: true
    })
  })

  it("finds one that came as escapes", () => {
    const text = `{"said":"\\u0069${token.slice(1)}"}`
    assert.deepStrictEqual(answered({ said: token }, text), { said: "[redacted token]" })
  })

  it("takes no word of an ordinary answer for a token", () => {
    const answer = { ok: true, said: "ok" }
    assert.strictEqual(answered(answer, JSON.stringify(answer), "ok"), answer)
    assert.strictEqual(answered(answer), answer)
    assert.strictEqual(withoutToken(answer, "", null), answer)
  })
})
