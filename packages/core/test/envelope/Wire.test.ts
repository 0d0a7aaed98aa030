import { assert, describe, it } from "@effect/vitest"
import { wire } from "@image-skill/core/envelope/Wire"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Receipt = wire({
  sha256: Schema.String,
  estimatedProviderCostUsd: Schema.NullOr(Schema.Finite),
  x402Payment: Schema.optionalKey(Schema.Boolean),
  limits: wire({ maxOutputsPerRequest: Schema.Finite, inner: Schema.Array(wire({ assetId: Schema.String })) })
})

const inCode: typeof Receipt.Type = {
  sha256: "3f6c",
  estimatedProviderCostUsd: null,
  x402Payment: true,
  limits: { maxOutputsPerRequest: 4, inner: [{ assetId: "image_1" }] }
}

const onWire: typeof Receipt.Encoded = {
  sha256: "3f6c",
  estimated_provider_cost_usd: null,
  x402_payment: true,
  limits: { max_outputs_per_request: 4, inner: [{ asset_id: "image_1" }] }
}

describe("Wire", () => {
  it("names are camelCase in code and snake_case in JSON, at every depth", () => {
    assert.deepStrictEqual(Schema.encodeSync(Receipt)(inCode), onWire)
    assert.deepStrictEqual(Schema.decodeSync(Receipt)(onWire), inCode)
  })

  it("fields keep the order in which they are declared, so that answers print the same", () => {
    assert.strictEqual(JSON.stringify(Schema.encodeSync(Receipt)(inCode)), JSON.stringify(onWire))
  })

  it("an optional field that is absent stays absent", () => {
    const { x402Payment: _, ...rest } = inCode
    const { x402_payment: __, ...encoded } = onWire
    assert.deepStrictEqual(Schema.encodeSync(Receipt)(rest), encoded)
    assert.deepStrictEqual(Schema.decodeSync(Receipt)(encoded), rest)
  })

  it("the spelling of the code is not accepted from outside", () => {
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(Receipt)(inCode)))
  })

  it.prop("every value survives the way to JSON and back", [Receipt], ([value]) => {
    const text = JSON.stringify(Schema.encodeSync(Receipt)(value))
    const back = Schema.decodeUnknownSync(Schema.fromJsonString(Receipt))(text)
    assert.strictEqual(JSON.stringify(Schema.encodeSync(Receipt)(back)), text)
  })
})
