import { assert, describe, it } from "@effect/vitest"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { decodeRequest, notAnObject, unencodable, unknownFields } from "@image-skill/core/service/DecodeRequest"
import { type OperationId, operationIds, operationOf } from "@image-skill/core/service/Operations"
import { requestRecovery } from "@image-skill/core/service/RequestRecovery"
import { requests } from "@image-skill/core/service/Requests"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { hostileText } from "../envelope/HostileText.ts"
import { type Fields, fieldsOf, long } from "./RequestFields.ts"

const refusalOf = (operation: OperationId, body: unknown): Refusal | null =>
  Result.match(decodeRequest<unknown>(requests[operation], body), {
    onSuccess: () => null,
    onFailure: (refusal) => refusal
  })

const reference = { asset_id: "image_1", role: "reference_image", index: 0 }
const forty = Array.from({ length: 40 }, () => reference)

const lackingReference = (name: string) => ({ field: `references.1.${name}`, flag: null, problem: "is required" })

const askedForInputs = (ids: ReadonlyArray<string>) =>
  refusalOf("edit", { input_asset_id: "image_1", additional_input_asset_ids: ids })?.details?.["problems"]

const rightOf = (fields: Fields): { readonly [field: string]: Schema.Json } =>
  Object.fromEntries(Object.entries(fields).map(([name, { right }]) => [name, right]))

/** A value with a canary in it, in every shape that JSON has. */
const canary = "CANARY0123456789"
const shapes: ReadonlyArray<(text: string) => Schema.Json> = [
  (text) => `${text}${canary}`,
  (text) => `${canary}${text}\u0000`,
  (text) => [`${canary}${text}`],
  (text) => ({ [text]: canary }),
  (text) => [[{ inner: `${text}${canary}` }], canary],
  () => canary.repeat(600)
]

describe("DecodeRequest", () => {
  it("a field that every object inherits has no flag, and is named like any other", () => {
    const Odd = Schema.Struct({ constructor: Schema.String, toString: Schema.String })
    const refusal = Result.match(decodeRequest<unknown>(Odd, { constructor: 1, toString: 2 }), {
      onSuccess: () => null,
      onFailure: (found) => found
    })
    const problems = refusal?.details?.["problems"] as ReadonlyArray<{ readonly field: string; readonly flag: null }>
    assert.deepStrictEqual(
      problems.map(({ field, flag }) => [field, flag]),
      [
        ["constructor", null],
        ["toString", null]
      ]
    )
  })

  it("every operation has its request, and every field of its path is required", () => {
    assert.deepStrictEqual(Object.keys(requests).toSorted(), Object.keys(fieldsOf).toSorted())
    for (const id of operationIds) {
      const inPath = Array.from(operationOf(id).path.matchAll(/\{(\w+)\}/gu), ([, name = ""]) => name)
      for (const name of inPath) assert.isTrue(fieldsOf[id][name]?.required, `${id} ${name}`)
    }
  })

  for (const id of operationIds) {
    const fields = fieldsOf[id]
    const right = rightOf(fields)

    it(`a whole ${id} request is read`, () => {
      assert.isNull(refusalOf(id, right))
    })

    it(`a ${id} request lacks exactly what is required`, () => {
      const required = Object.entries(fields).filter(([, field]) => field.required === true)
      const problems = required.map(([field, { flag }]) => ({ field, flag, problem: "is required" }))
      const refusal = refusalOf(id, {})
      const told = refusal?.details?.["problems"] ?? []
      // A small answer tells as many as it has room for, and names all.
      const shown = Math.min(problems.length, 5)
      assert.deepStrictEqual(told, problems.slice(0, shown))
      assert.strictEqual(refusal?.details?.["omitted"] ?? 0, problems.length - shown)
      for (const { field } of problems) assert.include(refusal?.message, `\`${field}\``)
    })

    for (const [field, { flag, rule, wrong }] of Object.entries(fields)) {
      it(`a wrong ${field} of ${id} is refused with its name, its flag and its whole rule`, () => {
        for (const value of wrong) {
          const refusal = refusalOf(id, { ...right, [field]: value })
          const shown = JSON.stringify(value).slice(0, 40)
          assert.strictEqual(refusal?.code, "INVALID_ARGUMENTS", shown)
          assert.deepStrictEqual(refusal?.details, { problems: [{ field, flag, problem: rule }] }, shown)
          assert.strictEqual(refusal?.message, `\`${field}\`${flag === null ? "" : ` (${flag})`} ${rule}`, shown)
          assert.isDefined(refusal?.recovery?.docsUrl)
        }
      })
    }

    it(`all problems of a ${id} request are told at once, whatever they are`, () => {
      const names = Object.keys(fields)
      const most = Math.max(0, ...Object.values(fields).map(({ wrong }) => wrong.length))
      for (let index = 0; index < most; index += 1) {
        const body = Object.fromEntries(
          Object.entries(fields).map(([name, { wrong }]) => [name, wrong[index % wrong.length] ?? null])
        )
        const message = refusalOf(id, body)?.message ?? ""
        assert.deepStrictEqual(
          names.filter((name) => !message.includes(`\`${name}\``)),
          [],
          JSON.stringify(body).slice(0, 400)
        )
      }
    })
  }

  it.prop(
    "no refusal repeats a value that was sent, whatever its shape",
    [Schema.Literals(operationIds), hostileText, Schema.Natural],
    ([id, text, turn]) => {
      const sent = Object.keys(fieldsOf[id]).map((field, index) => [
        field,
        shapes[(turn + index) % shapes.length]?.(text)
      ])
      const body: unknown = Object.fromEntries(sent)
      const refusal = refusalOf(id, body)
      if (refusal === null) return
      const { details, message, recovery } = refusal
      assert.notInclude(JSON.stringify([message, details, recovery]), canary)
    },
    { arbitrary: { runs: 400 } }
  )

  it.prop(
    "whatever is sent as a body is answered",
    [Schema.Literals(operationIds), Schema.JsonObject],
    ([id, body]) => {
      const refusal = refusalOf(id, body)
      if (refusal !== null) assert.strictEqual(refusal.code, "INVALID_ARGUMENTS")
    }
  )

  const indexRule = "must be a whole number from 0 to 9"
  const wrongReferences: ReadonlyArray<readonly [change: Schema.JsonObject, field: string, rule: string]> = [
    [{ role: "Frontal" }, "role", "must be one of element_frontal, element_reference, reference_image"],
    [{ role: null }, "role", "must be one of element_frontal, element_reference, reference_image"],
    [{ asset_id: "https://example.org/a.png" }, "asset_id", "must be an asset id such as image_8k2t5r0w6d4q1m7x3c9v"],
    [{ index: 10 }, "index", indexRule],
    [{ index: -1 }, "index", indexRule],
    [{ index: "0" }, "index", indexRule],
    [{ reference_index: 3 }, "reference_index", "must be a whole number from 0 to 2"],
    [{ reference_index: 0.5 }, "reference_index", "must be a whole number from 0 to 2"],
    [{ reference_task: "face" }, "reference_task", "must be one of ip, id, style"]
  ]

  for (const operation of ["create", "edit"] as const) {
    const about = operation === "edit" ? { input_asset_id: "image_1" } : { prompt: "a" }
    const problemsOf = (body: Schema.JsonObject) => refusalOf(operation, { ...about, ...body })?.details?.["problems"]

    it.each(wrongReferences)(`a reference of ${operation} with %j is named by its path`, (change, field, problem) => {
      const references = [reference, reference, { ...reference, ...change }]
      assert.deepStrictEqual(problemsOf({ references }), [{ field: `references.2.${field}`, flag: null, problem }])
    })

    it(`what a reference of ${operation} lacks is named by its path, and what is none by its place`, () => {
      assert.deepStrictEqual(
        problemsOf({ references: [reference, {}] }),
        ["asset_id", "role", "index"].map(lackingReference)
      )
      assert.deepStrictEqual(problemsOf({ references: [reference, reference, "image_1"] }), [
        { field: "references.2", flag: null, problem: "must be a JSON object" }
      ])
    })

    it(`${operation} takes forty references and no more`, () => {
      assert.isUndefined(problemsOf({ references: forty }))
      assert.deepStrictEqual(problemsOf({ references: [...forty, reference] }), [
        { field: "references", flag: null, problem: "must be a list of at most 40 references" }
      ])
    })
  }

  it("an edit takes fifteen more inputs, and names the wrong one by its place", () => {
    const ids = Array.from({ length: 15 }, (_, index) => `image_${index}`)
    assert.isUndefined(askedForInputs(ids))
    assert.deepStrictEqual(askedForInputs([...ids, "image_15"]), [
      { field: "additional_input_asset_ids", flag: "--input", problem: "must be a list of at most 15 asset ids" }
    ])
    assert.deepStrictEqual(askedForInputs(["image_2", "pixel_1"]), [
      {
        field: "additional_input_asset_ids.1",
        flag: null,
        problem: "must be an asset id such as image_8k2t5r0w6d4q1m7x3c9v"
      }
    ])
  })

  it("an upload of a local file says that it has no origin", () => {
    const right = rightOf(fieldsOf.upload)
    assert.isNull(refusalOf("upload", { ...right, remote_origin: null }))
    for (const value of [5, true, {}, ["https://example.org"]])
      assert.strictEqual(refusalOf("upload", { ...right, remote_origin: value })?.code, "INVALID_ARGUMENTS")
    assert.isNotNull(refusalOf("uploadStream", { ...rightOf(fieldsOf.uploadStream), remote_origin: null }))
  })

  it("texts are trimmed before they are measured", () => {
    const decoded = Result.getOrThrow(
      decodeRequest(requests.create, { prompt: `  ${long(8_000)}\n`, intent: " final " })
    )
    assert.deepStrictEqual(decoded, { prompt: long(8_000), intent: "final" })
  })

  it("a field that nobody knows is ignored, and named with harmless letters", () => {
    assert.isNull(refusalOf("create", { prompt: "a", discovery_source: "x", "--prompt": "y", constructor: 1 }))
    assert.deepStrictEqual(unknownFields(["prompt"], { prompt: "a", discovery_source: 1, "a\u001b[31m <b>": 2 }), [
      "discovery_source",
      "a??31m??b?"
    ])
    assert.deepStrictEqual(unknownFields([], { [long(100)]: 1 }), [long(40)])
    assert.lengthOf(
      unknownFields([], Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 1]))),
      8
    )
    assert.deepStrictEqual(unknownFields([], null), [])
  })

  it("a body that is no object is refused as a whole", () => {
    const { code, details, message } = notAnObject()
    assert.strictEqual(code, "INVALID_ARGUMENTS")
    assert.include(message, "JSON object")
    assert.deepStrictEqual(details, { problems: [{ field: "", flag: null, problem: "must be a JSON object" }] })
  })

  it.prop(
    "a request that breaks its own schema is refused in the words of the wire, before it is sent",
    [Arbitrary.map(hostileText, (text) => `${canary} ${text}`)],
    ([key]) => {
      const broken = { idempotencyKey: key, maxEstimatedUsdPerImage: -1, dryRun: true }
      const refusal = Result.match(Schema.encodeUnknownResult(requests.create, { errors: "all" })(broken), {
        onSuccess: () => null,
        onFailure: ({ issue }) => unencodable(issue, requestRecovery("create"))
      })
      assert.deepStrictEqual(refusal?.details, {
        problems: [
          {
            field: "max_estimated_usd_per_image",
            flag: "--max-estimated-usd-per-image",
            problem: "must be a number of US dollars from 0 to 1,000"
          },
          {
            field: "idempotency_key",
            flag: "--idempotency-key",
            problem: "must be 1 to 200 letters, digits, dots, underscores, colons or dashes"
          }
        ]
      })
    }
  )
})
