import { assert, describe, it } from "@effect/vitest"
import { maskContact, scrub } from "@image-skill/core/envelope/Redaction"
import { normalise } from "@image-skill/core/identity/Contact"
import * as Option from "effect/Option"
import { hostileText } from "./HostileText.ts"

/** A sentence with a secret in it, the secret, and what may still be read (contract/api.md 1.8, contract/cli.md 4.6). */
const secrets: ReadonlyArray<readonly [what: string, text: string, secret: string, left: string]> = [
  ["a bearer token", "header Bearer abc.def-ghi is invalid", "abc.def-ghi", "header Bearer [redacted] is invalid"],
  ["a bearer token in capitals", "BEARER abc", "abc", "Bearer [redacted]"],
  ["a bearer token behind several blanks", "bearer  \t abc", "abc", "Bearer [redacted]"],
  ["a restricted token", "got isk_r_4f9Qm2T7vK0xR8", "4f9Qm2T7vK0xR8", "got [redacted token]"],
  ["an owner's token", "got isk_o_4f9Qm2T7vK0xR8", "4f9Qm2T7vK0xR8", "got [redacted token]"],
  ["a token in a query", "GET /?token=isk_r_4f9Qm2&x=1", "4f9Qm2", "GET /?token=[redacted token]&x=1"],
  ["a secret key of Stripe", "key sk_test_4eC39HqLyjWD", "4eC39HqLyjWD", "key [redacted key]"],
  ["a restricted key of Stripe", "key rk_test_4eC39HqLyjWD", "4eC39HqLyjWD", "key [redacted key]"],
  ["a webhook secret", "secret whsec_MfKQ9r8GKYqr", "MfKQ9r8GKYqr", "secret [redacted key]"],
  ["a client secret", "pi_3NxYzAbCdEf_secret_QwErTy", "QwErTy", "[redacted-stripe-client-secret]"],
  ["a payment intent", "no such pi_3NxYzAbCdEfGh", "3NxYzAbCdEfGh", "no such [redacted-stripe-payment-intent]"],
  [
    "a key of OpenAI",
    "Incorrect API key provided: sk-proj-AbCdEf0123456789xYz",
    "AbCdEf",
    "Incorrect API key provided: [redacted key]"
  ],
  ["a key of xAI", "bad key xai-AbCdEf0123456789xYz", "AbCdEf", "bad key [redacted key]"],
  ["a key of Gemini", "bad key AIzaSyAbCdEf0123456789xYz", "AbCdEf", "bad key [redacted key]"],
  ["a key of Replicate", "bad key r8_AbCdEf0123456789xYz", "AbCdEf", "bad key [redacted key]"],
  ["a key of Black Forest Labs", "bad key bfl-AbCdEf0123456789xYz", "AbCdEf", "bad key [redacted key]"],
  ["a token of GitHub", `bad ${["ghp", "AbCdEf0123456789xYz"].join("_")}`, "AbCdEf", "bad [redacted token]"],
  [
    "a fine-grained token of GitHub",
    `bad ${["github", "pat", "11AbCdEf0123456789xYz"].join("_")}`,
    "AbCdEf",
    "bad [redacted token]"
  ],
  ["a private key", `key ${"4f".repeat(32)}`, "4f4f", "key [redacted hex]"],
  ["a private key with its prefix", `key 0x${"4F".repeat(32)}.`, "4F4F", "key [redacted hex]."],
  ["credentials in a URL", "GET https://me:pass@host/x failed", "me:pass", "GET https://[redacted]@host/x failed"],
  [
    "credentials that contain an at sign",
    "GET https://me:p@ss@host/x failed",
    "ss@",
    "GET https://[redacted]@host/x failed"
  ],
  ["a user in a URL", "GET HTTP://token@host", "token", "GET HTTP://[redacted]@host"]
]

const harmless = [
  "",
  "12 credits are needed and 4 are left",
  "GET https://api.image-skill.com/v1/models failed with 503",
  "mail me@example.com about https://image-skill.com/cli.md",
  "job_3n7v0c5x9m2q8k4t1r6w of org_9d4k1w7t3b5n8v2c6x0m",
  "trace_7b1e0c94d2f6a835",
  "the risk_r_ating of a task-oriented disk",
  "xai-grok-imagine-image-quality and bfl-flux-2-pro-preview are models"
]

/** First and last letter of the local part, first of the domain label (contract/api.md 1.8). */
const masks: ReadonlyArray<readonly [contact: string, masked: string]> = [
  ["inbox@studio-bots.example", "i***x@s***.example"],
  ["a@b.co", "a***@b***.co"],
  ["ab@cd.example", "a***b@c***.example"],
  ["first.last+tag@mail.studio.example", "f***g@m***.studio.example"]
]

describe("Redaction.scrub", () => {
  for (const [what, text, secret, left] of secrets) {
    it(`${what} is cut out of a text`, () => {
      assert.strictEqual(scrub(text), left)
      assert.notInclude(scrub(text), secret)
    })
  }

  it("every secret of a text is cut out, not only the first", () => {
    assert.strictEqual(
      scrub("isk_r_abc isk_r_def Bearer x Bearer y"),
      "[redacted token] [redacted token] Bearer [redacted] Bearer [redacted]"
    )
  })

  for (const text of harmless) {
    it(`${JSON.stringify(text)} stays as it is`, () => {
      assert.strictEqual(scrub(text), text)
    })
  }

  it.prop(
    "a token is found in whatever surrounds it, and scrubbing twice changes nothing",
    [hostileText, hostileText],
    ([before, after]) => {
      const token = "isk_r_4f9Qm2T7vK0xR8cW1dN6bH3yL5sJ"
      const clean = scrub(`${before} ${token} ${after}`)
      assert.notInclude(clean, token)
      assert.strictEqual(scrub(clean), clean)
    }
  )
})

describe("Redaction.maskContact", () => {
  for (const [contact, masked] of masks) {
    it(`${contact} is shown as ${masked}`, () => {
      assert.strictEqual(maskContact(contact), masked)
    })
  }

  it.prop("a mask shows at most two letters of the local part", [hostileText, hostileText], ([local, domain]) => {
    for (const contact of Option.toArray(normalise(`a${local}z@${domain}.example`))) {
      assert.match(maskContact(contact), /^a\*\*\*z@/u)
      assert.notInclude(maskContact(contact), contact.slice(0, contact.indexOf("@")))
    }
  })

  it("a mask never cuts a letter in two", () => {
    for (const contact of ["😀x@x.example", "x😀@x.example", "x@😀.example"]) {
      assert.notMatch(maskContact(contact), /\p{Surrogate}/u, contact)
    }
  })
})
