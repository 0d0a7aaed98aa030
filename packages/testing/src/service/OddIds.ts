import { textField } from "@image-skill/core/envelope/JsonFields"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { idIn } from "./Tenants.ts"

/** Text that a URL has its own ideas about. */
export const oddIds = [
  ".",
  "..",
  "../whoami",
  "a/b",
  "a b",
  " a ",
  "a+b",
  "50%",
  "%2e%2e",
  "%zz",
  "?limit=1",
  "#",
  ";",
  "a\\b",
  "é",
  "日本",
  "😀",
  "constructor",
  "__proto__",
  "x".repeat(101),
  "é".repeat(160)
].map((id) => ({ id }))

/** What is answered about an id that nobody has. */
export const askedFor = Effect.fnUntraced(function* (id: string) {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "odd", runtime: "suite", returnToken: true })
  const token = Redacted.make(idIn(signup, "token"))
  const answers = {
    job: yield* service.jobsShow({ jobId: id }, token),
    canceled: yield* service.jobsCancel({ jobId: id }, token),
    jobs: yield* service.jobsList({ cursor: id }, token),
    asset: yield* service.assetsShow({ assetId: `image_${id}` }, token),
    small: yield* service.assetsShow({ assetId: "image_nobody", thumbnail: id }, token),
    lineage: yield* service.assetsLineage({ assetId: `image_${id}` }, token),
    deleted: yield* service.assetsDelete({ assetId: `image_${id}` }, token),
    assets: yield* service.assetsList({ cursor: `image_${id}` }, token),
    edited: yield* service.edit({ inputAssetId: `image_${id}`, prompt: "at night" }, token),
    uploaded: yield* service.uploadStream(
      { filename: id },
      { contentType: "image/png", contentLength: 0, body: Stream.empty },
      token
    ),
    model: yield* service.modelsShow({ modelId: id }),
    capability: yield* service.capabilitiesShow({ capabilityId: id }),
    event: yield* service.activityShow({ reference: id }, token),
    quote: yield* service.creditsStatus({ quoteId: id }, token),
    payment: yield* service.creditsStatus({ paymentAttemptId: id }, token),
    session: yield* service.creditsStatus({ checkoutSessionId: id }, token),
    receipt: yield* service.creditsStatus({ receiptId: id }, token),
    purchase: yield* service.creditsFakePurchase({ quoteId: id, idempotencyKey: "odd" }, token),
    subject: yield* service.activityList({ subject: id }, token),
    cursor: yield* service.activityList({ cursor: id }, token)
  }
  return Struct.keys(answers).map((what) => {
    const { envelope, exitCode, status } = answers[what]
    return `${what}: ${envelope.command}, ${status}, ${exitCode}, ${textField(envelope.error, "code")}`
  })
})

/** Tokens that no HTTP header takes. */
export const oddTokens = [
  { kind: "a blank token", token: " " },
  { kind: "an empty token", token: "" },
  { kind: "a token with a blank", token: "isk_r_ canary" },
  { kind: "a token of two lines", token: "isk_r_canary\r\nx-canary: 1" },
  { kind: "a token beyond ASCII", token: "isk_r_канарейка" },
  { kind: "a token with NUL", token: "isk_r_canary\0" }
]
