import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { ErrorCode } from "../../envelope/ErrorRegistry.ts"
import { jsonField } from "../../envelope/JsonFields.ts"
import { at, gives, holds, refuses, skip, textAt } from "../Expect.ts"
import type { Ask, Prober } from "../Prober.ts"
import { type Chapter, type Finding, must, type Rule, should } from "../Rule.ts"
import { absent, id, is, like, not, object, text } from "../Shape.ts"
import {
  balanceIn,
  creator,
  editor,
  editors,
  made,
  png,
  quotaNow,
  uploadAsk,
  uploaded,
  uploadBody
} from "../Subjects.ts"

const wrongUpload = (
  name: string,
  title: string,
  fields: Schema.JsonObject,
  code: ErrorCode | ReadonlyArray<ErrorCode> = "INVALID_ARGUMENTS"
): Rule => must(`A8.4-${name}`, title, refuses(uploadAsk("agent", fields), code))

const edit = (fields: Schema.JsonObject): Ask => ({
  method: "POST",
  path: "/v1/edit",
  as: "agent",
  body: { prompt: "make blue the boat canary-$run", dry_run: true, ...fields }
})

const nobodys = "image_zzzzzzzzzzzzzzzzzzzz"

const editOfUpload = (fields: Schema.JsonObject) =>
  Effect.map(Effect.all([editor, uploaded("agent")]), ([model, heard]) =>
    edit({ input_asset_id: textAt(heard, "data.asset.asset_id"), model: model.id, ...fields })
  )

/** Models differ in what they edit: some only uploads, some only what they made themselves. */
const inputs = Effect.map(
  Effect.all([uploaded("agent"), Effect.option(made)]),
  ([upload, picture]): ReadonlyArray<string> => [
    textAt(upload, "data.asset.asset_id"),
    ...Option.match(picture, { onNone: () => [], onSome: (heard) => [textAt(heard, "data.assets.0.asset_id")] })
  ]
)

/** A plan that some model takes; without a prompt where the model takes none. */
const anyPlan = Effect.flatMap(Effect.all([editors, inputs]), ([models, assets]) => {
  const plans = models.flatMap(({ id: model, row }) =>
    assets.map((asset): Ask => {
      const takes = jsonField(jsonField(jsonField(row, "media"), "input"), "prompt")
      const fields = { input_asset_id: asset, model, accept_unknown_cost: true }
      return edit(jsonField(takes, "required") === false ? { ...fields, prompt: "" } : fields)
    })
  )
  const [first, ...rest] = plans
  return first === undefined
    ? skip("no model edits here")
    : rest.reduce<Effect.Effect<Ask, Finding, Prober>>(
        (found, request) => found.pipe(Effect.catch(() => Effect.as(gives(request), request))),
        Effect.as(gives(first), first)
      )
})

export const mediaRules: Chapter = {
  id: "media",
  title: "Uploads and edits",
  rules: [
    must(
      "A8.4-asset",
      "An upload is an asset with an address",
      gives(uploadAsk("agent"), {
        "data.asset.asset_id": id("image"),
        "data.asset.kind": is("uploaded"),
        "data.asset.mime_type": is("image/png"),
        "data.asset.url": text
      })
    ),
    must(
      "A8.4-pixels",
      "Its pixels are read from its bytes",
      gives(uploadAsk("agent"), { "data.asset.width": is(8), "data.asset.height": is(8) })
    ),
    must(
      "A8.4-bytes",
      "It says how many bytes came, and what they hash to",
      gives(uploadAsk("agent"), { "data.upload.bytes": is(png.bytes), "data.upload.sha256": is(png.sha256) })
    ),
    must(
      "A1.8-bytes",
      "The bytes are not sent back",
      Effect.flatMap(uploaded("agent"), (heard) =>
        holds(!heard.text.includes(png.base64.slice(0, 40)), heard, "no base64", "the bytes in base64")
      )
    ),
    must(
      "A8.4-free",
      "An upload costs nothing and is no daily job",
      Effect.gen(function* () {
        const before = yield* quotaNow(801)
        yield* gives({ ...uploadAsk("agent"), again: 801 })
        const after = yield* quotaNow(802)
        yield* holds(
          balanceIn(before) === balanceIn(after) &&
            at(before, "data.daily_jobs.remaining") === at(after, "data.daily_jobs.remaining"),
          after,
          "as many credits and daily jobs as before",
          at(after, "data.daily_jobs.remaining")
        )
      })
    ),
    must(
      "A8.4-twice",
      "The same bytes twice are two assets",
      Effect.flatMap(uploaded("agent"), (first) =>
        gives(
          { ...uploadAsk("agent"), again: 2 },
          { "data.asset.asset_id": not(is(textAt(first, "data.asset.asset_id"))) }
        )
      )
    ),
    must(
      "A10.3-uploaded",
      "It is an event of its asset",
      Effect.flatMap(uploaded("agent"), (heard) =>
        gives(
          { path: `/v1/activity?subject=${textAt(heard, "data.asset.asset_id")}`, as: "agent" },
          { "data.events.0.type": is("asset.uploaded") }
        )
      )
    ),
    must(
      "A9.1-uploaded",
      "It can be looked up",
      Effect.flatMap(uploaded("agent"), (heard) =>
        gives(
          { path: `/v1/assets/${textAt(heard, "data.asset.asset_id")}`, as: "agent" },
          { "data.asset.asset_id": is(textAt(heard, "data.asset.asset_id")) }
        )
      )
    ),
    wrongUpload(
      "type",
      "Bytes of a type that is no picture are refused",
      { mime_type: "application/pdf" },
      "INPUT_POLICY_DENIED"
    ),
    wrongUpload(
      "signature",
      "So are bytes that are not of the type they claim",
      { mime_type: "image/jpeg" },
      "INPUT_POLICY_DENIED"
    ),
    wrongUpload("length", "A length that is not theirs is refused", { content_length: png.bytes + 1 }),
    wrongUpload("hash", "So is a hash that is not theirs", { sha256: "0".repeat(64) }),
    wrongUpload("base64", "So is what is no base64", { bytes_base64: "conformance!" }),
    wrongUpload("empty", "So are no bytes at all", { bytes_base64: "", content_length: 0 }, [
      "INVALID_ARGUMENTS",
      "INPUT_POLICY_DENIED"
    ]),
    wrongUpload("path", "A file name with folders in it is refused", { filename: "../../conformance.png" }),
    wrongUpload("origin", "An origin with a path in it is refused", {
      source_kind: "remote_url",
      remote_origin: "https://conformance.example/private/boat.png"
    }),
    wrongUpload("kind", "A source of another kind is refused", { source_kind: "conformance" }),
    must(
      "A1.8-credential-upload",
      "Payment credentials are refused here, too",
      refuses(
        { method: "POST", path: "/v1/upload", as: "agent", body: { ...uploadBody, card: "conformance-secret" } },
        "PAYMENT_CREDENTIAL_REJECTED"
      )
    ),
    should(
      "A8.5-planned",
      "An edit can be planned",
      Effect.flatMap(anyPlan, (request) =>
        gives(request, {
          "data.status": is("planned"),
          "data.operation": is("edit"),
          "data.quota.consumed_credits": is(0),
          "data.input_asset": object
        })
      )
    ),
    must(
      "A8.5-unknown",
      "What nobody has is not edited",
      Effect.flatMap(editor, (model) => refuses(edit({ input_asset_id: nobodys, model: model.id }), "ASSET_NOT_FOUND"))
    ),
    must(
      "A8.5-no-input",
      "An edit without anything to edit is refused",
      Effect.flatMap(editor, (model) => refuses(edit({ model: model.id }), "INVALID_ARGUMENTS"))
    ),
    must(
      "A8.5-image-url",
      "Addresses of pictures are no fields of an edit",
      Effect.flatMap(editOfUpload({ image_url: "https://conformance.example/a.png" }), (request) =>
        refuses(request, "INVALID_ARGUMENTS")
      )
    ),
    must(
      "A8.6-create",
      "A model that only creates edits nothing",
      Effect.flatMap(Effect.all([creator, editor]), ([create, other]) =>
        create.id === other.id
          ? skip("one model does both")
          : Effect.flatMap(editOfUpload({ model: create.id }), (request) => refuses(request, "INVALID_ARGUMENTS"))
      )
    ),
    must(
      "A9.1-unknown",
      "An asset that nobody has is not found",
      refuses({ path: `/v1/assets/${nobodys}`, as: "agent" }, "ASSET_NOT_FOUND")
    ),
    must(
      "A9.1-malformed",
      "What is no id of an asset is refused",
      refuses({ path: "/v1/assets/conformance%20$run", as: "agent" }, ["INVALID_ARGUMENTS", "ASSET_NOT_FOUND"], {
        fields: { data: absent, "error.message": not(like(/\bat \/|stack|SQL/u, "the inside of the service")) }
      })
    ),
    must(
      "A9.3-unknown",
      "A job that nobody has is not found",
      refuses({ path: "/v1/jobs/job_zzzzzzzzzzzzzzzzzzzz", as: "agent" }, "JOB_NOT_FOUND")
    )
  ]
}
