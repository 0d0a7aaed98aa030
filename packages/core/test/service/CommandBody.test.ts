import { assert, describe, it } from "@effect/vitest"
import { type Parsed, read } from "@image-skill/core/envelope/Arguments"
import { commandNames } from "@image-skill/core/envelope/CommandBook"
import { takesBody } from "@image-skill/core/envelope/CommandTree"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { withBody } from "@image-skill/core/service/CommandBody"
import { operationsOf, placeOf } from "@image-skill/core/service/CommandOperations"
import { operationIds } from "@image-skill/core/service/Operations"
import { requests } from "@image-skill/core/service/Requests"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"

const typed = (line: string): Parsed => {
  const reading = read(line.split(" "))
  if (reading._tag !== "Command") throw new Error(`${line} is no command`)
  return reading
}

const flagsOf = (line: string, body: Schema.Json): { readonly [flag: string]: ReadonlyArray<string | true> } =>
  Object.fromEntries(Result.getOrThrow(withBody(typed(line), body)).flags)

const refusalOf = (line: string, body: Schema.Json): Refusal => {
  const result = withBody(typed(line), body)
  if (Result.isSuccess(result)) throw new Error(`${line} took the body`)
  return result.failure
}

const asset = "image_3n7v0c5x9m2q8k4t1r6w"

describe("CommandBody", () => {
  it("each field becomes the flag that carries it, beside the flags that were typed", () => {
    const body = {
      prompt: "a lighthouse --at dusk",
      output_count: 2,
      max_usd: 0.5,
      dry_run: true,
      accept_unknown_cost: false,
      model_parameters: { width: 256 },
      references: [
        { asset_id: asset, role: "element_frontal", index: 0 },
        { asset_id: asset, role: "element_reference", index: 0, reference_index: 1 },
        { asset_id: asset, role: "reference_image", index: 1, reference_task: "style" }
      ]
    }
    assert.deepStrictEqual(flagsOf("create --visibility private", body), {
      visibility: ["private"],
      prompt: ["a lighthouse --at dusk"],
      "output-count": ["2"],
      "element-frontal": [`${asset}@0`],
      "element-reference": [`${asset}@0:1`],
      "reference-image": [`${asset}@1:style`],
      "model-parameters-json": [`{"width":256}`],
      "max-usd": ["0.5"],
      "accept-unknown-cost": ["false"],
      "dry-run": ["true"]
    })
  })

  it("the first input of an edit stays the first, whatever the order of the body", () => {
    const more = ["image_2", "image_3"]
    assert.deepStrictEqual(
      flagsOf("edit", { additional_input_asset_ids: more, mask_asset_id: "image_4", input_asset_id: "image_1" }),
      { input: ["image_1", ...more], mask: ["image_4"] }
    )
  })

  it("a signup by a body is one of an agent, and an id that has no flag is the argument", () => {
    assert.deepStrictEqual(flagsOf("signup", { agent_name: "painter", runtime: "tests" }), {
      "agent-name": ["painter"],
      runtime: ["tests"],
      agent: [true]
    })
    const shown = Result.getOrThrow(withBody(typed("models show"), { model_id: "local.storyboard" }))
    assert.deepStrictEqual(shown.positionals, ["local.storyboard"])
  })

  it("what stands in a query may be written as a number or a truth, too", () => {
    assert.deepStrictEqual(flagsOf("models list", { available: true }), { available: ["true"] })
    assert.deepStrictEqual(flagsOf("assets list", { limit: 5 }), { limit: ["5"] })
  })

  it("caps by name are typed as they are, and what is null is taken away", () => {
    const body = { models: { "local.storyboard": 3 }, allowed_models: ["local.storyboard"], max_credits_per_day: null }
    assert.deepStrictEqual(flagsOf("spend-policy set", body), {
      model: ["local.storyboard=3"],
      "allow-model": ["local.storyboard"],
      remove: ["max_credits_per_day"]
    })
    assert.match(refusalOf("spend-policy set", { allowed_models: [] }).message, /is empty/u)
  })

  it("everything that is wrong is named in one refusal, and no value is repeated", () => {
    const { code, details, message, outcome } = refusalOf("create --prompt x", {
      prompt: "secret-prompt",
      promt: "secret-typo",
      max_usd: "secret-amount"
    })
    assert.strictEqual(code, "INVALID_ARGUMENTS")
    assert.strictEqual(outcome, "not_sent")
    assert.deepStrictEqual(details?.["problems"], [
      { field: "prompt", flag: "--prompt", problem: "is given twice: here, and by --prompt" },
      { field: "promt", flag: null, problem: "is no field of create; did you mean `prompt`?" },
      { field: "max_usd", flag: "--max-usd", problem: "must be a number of US dollars from 0 to 1,000" }
    ])
    assert.notInclude(JSON.stringify([message, details]), "secret")
  })

  it("a field that no flag carries, a body that is no object, and an endless depth are refused", () => {
    assert.match(refusalOf("models list", { compact: "true" }).message, /has no flag of models list/u)
    assert.match(refusalOf("upload", { bytes_base64: "AAAA" }).message, /name it by its path/u)
    assert.match(refusalOf("create", ["prompt"]).message, /one JSON object/u)
    assert.match(refusalOf("create", null).message, /one JSON object/u)
    let deep: Schema.Json = 1
    for (let level = 0; level < 5_000; level += 1) deep = { deep }
    assert.match(refusalOf("create", { model_parameters: { deep } }).message, /nested deeper/u)
    assert.match(refusalOf("models show local.storyboard", { model_id: "x" }).message, /given twice/u)
  })

  it("a payment credential is refused by its name at any depth, and in money requests by its look", () => {
    const byName = refusalOf("create", { model_parameters: { inner: [{ cardNumber: "4242" }] } })
    assert.strictEqual(byName.code, "PAYMENT_CREDENTIAL_FLAG_REJECTED")
    assert.notInclude(byName.message, "4242")
    const byLook = refusalOf("credits quote", { credits: 50, idempotency_key: "sk_live_abcdefghijkl" })
    assert.strictEqual(byLook.code, "PAYMENT_CREDENTIAL_FLAG_REJECTED")
    assert.notInclude(byLook.message, "sk_live")
  })

  it("every command that says it takes a body has an operation with fields, and every other has none to fill", () => {
    for (const name of commandNames) {
      const [id] = operationsOf(name)
      const fields = id === undefined ? [] : Object.keys(requests[id].from.fields)
      if (takesBody(name)) assert.isNotEmpty(fields, name)
      else if (name !== "assets get" && name !== "jobs wait") assert.isEmpty(fields, name)
    }
  })

  it("every operation but the health check is reached by a command", () => {
    const reached = new Set(commandNames.flatMap(operationsOf))
    assert.deepStrictEqual(
      operationIds.filter((id) => !reached.has(id) && !withoutCommand.has(id)),
      []
    )
  })

  it("fields without a flag are the ones that are known to have none", () => {
    const without = commandNames.filter(takesBody).flatMap((name) => {
      const [id] = operationsOf(name)
      const fields = id === undefined ? [] : Object.keys(requests[id].from.fields)
      return fields.filter((field) => placeOf(name, field) === null).map((field) => `${name}: ${field}`)
    })
    assert.deepStrictEqual(without, [...withoutFlag])
  })
})

/** Asked by programs only. */
const withoutCommand: ReadonlySet<string> = new Set(["healthz"])

const withoutFlag = [
  "models list: compact",
  "upload: source_kind",
  "upload: filename",
  "upload: remote_origin",
  "upload: mime_type",
  "upload: content_length",
  "upload: sha256",
  "upload: bytes_base64"
]
