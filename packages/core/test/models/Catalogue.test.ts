import { existsSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { fromUsd } from "@image-skill/core/credits/Credits"
import { listedPrice, priceOf } from "@image-skill/core/credits/ModelPrice"
import { isEmbedded, isRunnable, publishedModels } from "@image-skill/core/models/Catalogue"
import { capabilityId, grantFor, type Model, type ParameterSchema } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import * as Schema from "effect/Schema"
import { modelNamed } from "./Deployments.ts"

type Mark = "listed" | "promptless" | "mask" | "images" | "elements"

/**
 * contract/api.md 13 and models.json with decision D4a.8: operation, credits of one output at default settings (`null`
 * where nobody knows them beforehand), most outputs in one request, and what is unusual.
 */
const contract: ReadonlyArray<
  readonly [id: string, operation: string, credits: number | null, outputs: number, ...marks: ReadonlyArray<Mark>]
> = [
  ["xai.grok-imagine-image-quality", "image.generate", 9, 10],
  ["xai.grok-imagine-image", "image.generate", 4, 10],
  ["xai.grok-imagine-image-quality-edit", "image.edit", 10, 1, "images"],
  ["xai.grok-imagine-image-edit", "image.edit", 4, 1, "images"],
  ["openai.gpt-image-2", "image.generate", 9, 10],
  ["openai.gpt-image-2-edit", "image.edit", null, 1],
  ["openai.gpt-image-1.5", "image.generate", 6, 10],
  ["openai.gpt-image-1.5-edit", "image.edit", null, 1],
  ["fal.flux-dev", "image.generate", 5, 1],
  ["fal.flux-pro-v1-1-ultra", "image.generate", 10, 1],
  ["fal.z-image-turbo", "image.generate", 1, 1],
  ["fal.z-image-turbo-image-to-image", "image.edit", null, 1],
  ["fal.gemini-3-pro-image-preview", "image.generate", 25, 1],
  ["fal.gemini-3-pro-image-preview-edit", "image.edit", 25, 1],
  ["fal.nano-banana-pro", "image.generate", 25, 1],
  ["fal.nano-banana-pro-edit", "image.edit", 25, 1],
  ["fal.nano-banana-2", "image.generate", null, 1, "listed"],
  ["fal.nano-banana-2-edit", "image.edit", null, 1],
  ["fal.ideogram-v2-edit", "image.edit", null, 1, "mask"],
  ["fal.flux-pro-kontext", "image.edit", 7, 1],
  ["fal.flux-pro-kontext-max", "image.edit", 14, 1],
  ["fal.bytedance-seedream-v4-5-text-to-image", "image.generate", 7, 1],
  ["fal.bytedance-seedream-v4-5-edit", "image.edit", 7, 1],
  ["fal.bytedance-seedream-v5-lite-text-to-image", "image.generate", 6, 1],
  ["fal.bytedance-seedream-v5-lite-edit", "image.edit", 6, 1],
  ["fal.dreamo", "image.generate", null, 1, "images"],
  ["fal.kling-image-o3-text-to-image", "image.generate", 5, 9, "elements"],
  ["fal.kling-image-o3-image-to-image", "image.edit", null, 1, "elements"],
  ["fal.kling-image-v3-text-to-image", "image.generate", 5, 9, "elements"],
  ["fal.kling-image-v3-image-to-image", "image.edit", null, 1, "elements"],
  ["fal.kling-image-o1", "image.edit", null, 1, "elements"],
  ["fal.flux-dev-redux", "image.variation", null, 1, "promptless"],
  ["fal.flux-krea-redux", "image.variation", null, 1, "promptless"],
  ["fal.flux-schnell-redux", "image.variation", null, 1, "promptless"],
  ["fal.imagen4-preview", "image.generate", null, 1, "listed"],
  ["fal.imagen4-preview-fast", "image.generate", null, 1, "listed"],
  ["fal.imagen4-preview-ultra", "image.generate", null, 1, "listed"],
  ["fal.ltx-video-13b-distilled", "video.generate", 7, 1],
  ["fal.stable-audio-25-text-to-audio", "audio.generate", 34, 1],
  ["fal.trellis-image-to-3d", "3d.generate", 4, 1, "promptless"]
]

/** The grant of contract/api.md 3.3 for each operation. */
const grants: { readonly [operation: string]: string } = {
  "image.generate": "image.create.preview",
  "image.edit": "image.edit.preview",
  "image.variation": "image.edit.preview",
  "video.generate": "media.create.preview",
  "audio.generate": "media.create.preview",
  "3d.generate": "image.edit.preview"
}

const marksOf = ({ mask, prompt, references, wired }: Model): ReadonlyArray<Mark> => [
  ...(wired ? [] : (["listed"] as const)),
  ...(prompt === "forbidden" ? (["promptless"] as const) : []),
  ...(mask === "required" ? (["mask"] as const) : []),
  ...(references === null
    ? []
    : references.roles.includes("reference_image")
      ? (["images"] as const)
      : (["elements"] as const))
]

/** The tiers of a price, where it has any. */
const tiersOf = ({ price }: Model) => (price._tag === "Tiered" || price._tag === "SourcesAndOutputs" ? price.tiers : [])

/** How many input images a model takes, where it is more than one (public limits of the providers). */
const severalInputs: { readonly [id: string]: number } = {
  "openai.gpt-image-2-edit": 16,
  "openai.gpt-image-1.5-edit": 16,
  "fal.gemini-3-pro-image-preview-edit": 14,
  "fal.nano-banana-pro-edit": 14,
  "fal.nano-banana-2-edit": 14,
  "fal.bytedance-seedream-v4-5-edit": 10,
  "fal.bytedance-seedream-v5-lite-edit": 10,
  "fal.kling-image-o3-image-to-image": 10,
  "fal.kling-image-o1": 10
}

const contractProviders: ReadonlySet<string> = new Set(["xai", "openai", "fal"])
const localIds = ["local.storyboard", "local.storyboard-edit", "local.adjust"]

describe("Catalogue", () => {
  it("each model takes as many input images as its provider states", () => {
    for (const { id, inputImage, maxInputs } of contract.map(([name]) => modelNamed(name)))
      assert.strictEqual(maxInputs, severalInputs[id] ?? (inputImage === "required" ? 1 : 0), id)
  })

  it("the models of the contract's providers are those of the contract, and embedded ones stand after all others", () => {
    assert.deepStrictEqual(
      publishedModels
        .filter(({ provider }) => contractProviders.has(provider))
        .map(({ id }) => id)
        .toSorted(),
      contract.map(([id]) => id).toSorted()
    )
    const providers = [...new Set(publishedModels.map(({ provider }) => provider))]
    assert.deepStrictEqual(providers, ["xai", "openai", "fal", "google", "bfl", "replicate", "local"])
    assert.deepStrictEqual(
      publishedModels.slice(-localIds.length).map(({ id }) => id),
      localIds
    )
  })

  it("every price says where it comes from and of which day it is, and a public one names its page", () => {
    for (const { id, price, priceSource } of publishedModels) {
      assert.match(priceSource.asOf, /^\d{4}-\d{2}-\d{2}$/u, id)
      assert.strictEqual(price._tag === "Free", priceSource.basis === "ours", id)
    }
    for (const { id, priceSource, provider } of publishedModels.filter((model) => !isEmbedded(model)))
      if (!contractProviders.has(provider)) assert.match(priceSource.note ?? "", /https:\/\//u, id)
  })

  for (const [id, operation, credits, outputs, ...marks] of contract) {
    it(`${id} is ${operation} for ${credits ?? "unknown"} credits`, () => {
      const model = modelNamed(id)
      const { confidence, credits: listed } = listedPrice(model)
      assert.deepStrictEqual<unknown>(
        [model.operation, confidence === "unknown" ? null : listed, model.maxOutputs, ...marksOf(model)],
        [operation, credits, outputs, ...marks]
      )
    })
  }

  it("ids are unique, and start with their provider", () => {
    assert.strictEqual(new Set(publishedModels.map(({ id }) => id)).size, publishedModels.length)
    for (const { id, provider } of publishedModels)
      assert.match(id, new RegExp(`^${provider}\\.[a-z0-9][a-z0-9.-]*$`, "u"))
  })

  it("capability ids are named as the contract names them", () => {
    assert.strictEqual(
      capabilityId(modelNamed("xai.grok-imagine-image-quality")),
      "is.image.generate.xai-grok-imagine-image-quality.v1"
    )
    assert.strictEqual(
      capabilityId(modelNamed("openai.gpt-image-1.5-edit")),
      "is.image.edit.openai-gpt-image-1-5-edit.v1"
    )
    for (const model of publishedModels) {
      assert.match(capabilityId(model), /^is\.(?:image|video|audio|3d)\.(?:generate|edit|variation)\.[a-z0-9-]+\.v1$/u)
    }
  })

  it("a model needs the grant of its operation", () => {
    for (const model of publishedModels) assert.strictEqual(grantFor(model), grants[model.operation], model.id)
  })

  it("an edit works on an input image, and a create on none", () => {
    for (const { endpoint, id, inputImage, supports } of publishedModels) {
      assert.deepStrictEqual(
        [inputImage, supports === "create"],
        endpoint === "edit" ? ["required", false] : ["none", true],
        id
      )
    }
  })

  it("a default aspect ratio is offered, and one that is ignored is not", () => {
    for (const { aspectRatios, id } of publishedModels) {
      const { default: chosen, ignored, values } = aspectRatios
      assert.strictEqual(chosen === null, values.length === 0, id)
      if (chosen !== null) assert.include(values, chosen, id)
      if (ignored !== null) assert.notInclude(values, ignored, id)
      for (const value of values) assert.match(value, /^(?:auto|[1-9]\d?:[1-9]\d?)$/u, id)
    }
  })

  it("published clients always send 1:1 to create and auto to edit, and every model takes that", () => {
    for (const { aspectRatios, endpoint, id } of publishedModels) {
      assert.include([...aspectRatios.values, aspectRatios.ignored], endpoint === "create" ? "1:1" : "auto", id)
    }
  })

  it("prices are whole positive millionths, and every tier can be asked for", () => {
    for (const model of publishedModels) {
      const { id, parameters, price } = model
      const amounts = "microUsd" in price ? [price.microUsd] : tiersOf(model).map(({ microUsd }) => microUsd)
      for (const amount of amounts) assert.isTrue(Number.isSafeInteger(amount) && amount > 0, id)
      for (const { when } of tiersOf(model)) assert.deepStrictEqual(problems(model, when), [], id)
      const named = price._tag === "Tiered" || price._tag === "SourcesAndOutputs" ? [price.listed] : []
      const silent = price._tag === "Tiered" && price.otherwise !== null ? [price.otherwise] : []
      for (const tier of [...named, ...silent])
        assert.deepInclude(
          tiersOf(model).map(({ when }) => when),
          tier,
          id
        )
      if (price._tag === "Tiered" && !price.tokenTable) {
        const offered = Object.keys(parameters).flatMap((name) =>
          price.listed[name] === undefined ? [] : (parameters[name]?.enum ?? [])
        )
        assert.deepStrictEqual(
          price.tiers.flatMap(({ when }) => Object.values(when)),
          offered,
          id
        )
      }
    }
  })

  it("a default of a parameter is a value that the parameter takes, and every parameter is explained", () => {
    for (const model of publishedModels) {
      for (const [name, schema] of Object.entries(model.parameters)) {
        assert.isNotEmpty(schema.description, `${model.id} ${name}`)
        if (schema.default !== undefined)
          assert.deepStrictEqual(problems(model, { [name]: schema.default }), [], `${model.id} ${name}`)
      }
    }
  })

  it("a row can run only where it is wired and its provider is available", () => {
    const model = modelNamed("fal.flux-dev")
    const available = { _tag: "Available" } as const
    assert.isTrue(isRunnable({ model, availability: available }))
    assert.isFalse(isRunnable({ model: modelNamed("fal.imagen4-preview"), availability: available }))
    assert.isFalse(
      isRunnable({ model, availability: { _tag: "Unavailable", reason: "provider_unreachable", variable: null } })
    )
  })
})

/** Decisions D1.5 and D4a.9. */
describe("local.storyboard", () => {
  const model = modelNamed("local.storyboard")

  it("is embedded, free, and makes up to four pictures from a prompt alone", () => {
    assert.isTrue(isEmbedded(model))
    assert.deepInclude(model, {
      provider: "local",
      upstream: null,
      modality: "image",
      operation: "image.generate",
      endpoint: "create",
      supports: "create",
      wired: true,
      prompt: "required",
      inputImage: "none",
      mask: "none",
      references: null,
      maxOutputs: 4,
      catalogedOnly: []
    })
    assert.deepStrictEqual(model.price, { _tag: "Free" })
    assert.deepStrictEqual(model.output.mimeTypes, ["image/png", "image/jpeg", "image/webp"])
  })

  it("besides it only the two embedded editors are embedded", () => {
    assert.deepStrictEqual(
      publishedModels.filter(isEmbedded).map(({ id }) => id),
      localIds
    )
  })

  it("takes a seed, a style, a file type and exact pixels", () => {
    const { parameters } = model
    assert.deepStrictEqual(Object.keys(parameters).toSorted(), ["height", "output_format", "seed", "style", "width"])
    assert.deepInclude(parameters["seed"], { type: "integer", minimum: 0, maximum: 4_294_967_295 })
    assert.deepInclude(parameters["output_format"], { type: "string", enum: ["png", "jpeg", "webp"], default: "png" })
    for (const edge of ["width", "height"])
      assert.deepInclude(parameters[edge], { type: "integer", minimum: 256, maximum: 2_048 })
    assert.strictEqual(parameters["style"]?.default, "auto")
  })

  it("has a size for each aspect ratio, in exactly that proportion and within its own limits", () => {
    assert.deepStrictEqual(model.aspectRatios.values, ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"])
    for (const ratio of model.aspectRatios.values) {
      const { height, width } = model.sizes?.[ratio] ?? { width: 0, height: 0 }
      const [across = 0, down = 0] = ratio.split(":").map(Number)
      assert.strictEqual(width * down, height * across, ratio)
      assert.isTrue(Math.min(width, height) >= 256 && Math.max(width, height) <= 2_048, ratio)
    }
  })
})

const contractFile = new URL("../../../../../shared/contract/models.json", import.meta.url)

const Tier = Schema.Struct({
  label: Schema.String,
  provider_usd: Schema.Finite,
  credits: Schema.Finite,
  when: Schema.Record(Schema.String, Schema.String)
})

const Parameter = Schema.Struct({
  type: Schema.optionalKey(Schema.String),
  enum: Schema.optionalKey(Schema.Array(Schema.String)),
  minimum: Schema.optionalKey(Schema.Finite),
  maximum: Schema.optionalKey(Schema.Finite),
  default: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])),
  examples: Schema.optionalKey(Schema.Array(Schema.String)),
  oneOf: Schema.optionalKey(Schema.Array(Schema.JsonObject))
})

const Row = Schema.Struct({
  id: Schema.String,
  display_name: Schema.String,
  provider: Schema.String,
  upstream_endpoint: Schema.NullOr(Schema.String),
  modality: Schema.String,
  operation: Schema.String,
  endpoint: Schema.String,
  supports: Schema.Array(Schema.String),
  capability_id: Schema.String,
  execution_status: Schema.Literals(["executable", "unspecified_at_0.1.24"]),
  prompt: Schema.String,
  input_image: Schema.Literals(["none", "required_one"]),
  mask: Schema.String,
  references: Schema.NullOr(
    Schema.Struct({
      roles: Schema.Array(Schema.String),
      max_entries: Schema.Finite,
      reference_task: Schema.optionalKey(Schema.Array(Schema.String))
    })
  ),
  aspect_ratio: Schema.Struct({
    accepted: Schema.Union([Schema.Literal("model_defined"), Schema.Array(Schema.String)]),
    ignored: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  parameters: Schema.Record(Schema.String, Parameter),
  cataloged_only_parameters: Schema.Array(Schema.String),
  max_outputs_per_request: Schema.Struct({ value: Schema.Finite }),
  output: Schema.Struct({ mime_types: Schema.Array(Schema.String), asset_prefix: Schema.String }),
  pricing: Schema.Struct({
    basis: Schema.String,
    cost_known: Schema.Boolean,
    default_provider_usd: Schema.NullOr(Schema.Finite),
    default_credits: Schema.NullOr(Schema.Finite),
    tiers: Schema.optionalKey(Schema.Array(Tier))
  })
})
type Row = typeof Row.Type

const readContract = (): ReadonlyArray<Row> =>
  Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(Row)))(readFileSync(contractFile, "utf8"))

/** Where a provider says "model defined", these are the ratios (decision D4a.8). */
const modelDefined = ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"]

const ratiosOf = ({ aspect_ratio: { accepted } }: Row): ReadonlyArray<string> =>
  (typeof accepted === "string" ? [accepted] : accepted).flatMap((ratio) =>
    ratio === "model_defined" ? modelDefined : [ratio]
  )

/** A basis may carry a remark in brackets, and each tier names its own. */
const basisOf = ({ pricing }: Row): string => pricing.basis.replace(/ \(.*$/u, "")

/** What a tier's label says beyond its parameters: sources, and pixels. */
const requestOf = ({ label, when }: typeof Tier.Type) => {
  const resolution = /^([12]k), /u.exec(label)?.[1]
  const pixels = /^square_hd (\d+)x(\d+)$/u.exec(label)
  return {
    parameters: resolution === undefined ? when : { ...when, resolution },
    referenceCount: label.includes("three sources") ? 2 : 0,
    size: pixels === null ? null : { width: Number(pixels[1]), height: Number(pixels[2]) },
    outputCount: 1
  }
}

const factsOf = (schema: ParameterSchema | undefined, asked: typeof Parameter.Type) => ({
  type: schema?.type,
  enum: schema?.enum,
  minimum: schema?.minimum,
  maximum: schema?.maximum,
  // A default that is a sentence is a rule of the service, not a value of the provider.
  ...(asked.default !== undefined && !`${asked.default}`.includes(" ") ? { default: schema?.default } : {}),
  options: schema?.oneOf?.map(({ type }) => type)
})

const proveParameters = (model: Model, row: Row): void => {
  assert.sameMembers(Object.keys(model.parameters), Object.keys(row.parameters))
  for (const [name, asked] of Object.entries(row.parameters)) {
    const { default: fallback, examples = [], oneOf, ...facts } = asked
    assert.deepStrictEqual<unknown>(
      factsOf(model.parameters[name], asked),
      {
        type: facts.type,
        enum: facts.enum,
        minimum: facts.minimum,
        maximum: facts.maximum,
        ...(fallback !== undefined && !`${fallback}`.includes(" ") ? { default: fallback } : {}),
        options: oneOf?.map(({ type }) => type)
      },
      name
    )
    for (const example of examples) assert.deepStrictEqual(problems(model, { [name]: example }), [], example)
  }
}

const provePrice = (model: Model, { pricing }: Row): void => {
  const { confidence, credits, providerCost } = listedPrice(model)
  const listed = confidence === "unknown" ? [null, null] : [providerCost, credits]
  const { default_credits, default_provider_usd } = pricing
  assert.deepStrictEqual<unknown>(listed, [
    default_provider_usd === null ? null : fromUsd(default_provider_usd),
    default_credits
  ])
  for (const tier of pricing.tiers ?? []) {
    const price = priceOf({ model, ...requestOf(tier) })
    assert.deepStrictEqual<unknown>(
      [price.providerCost, price.credits],
      [fromUsd(tier.provider_usd), tier.credits],
      tier.label
    )
  }
}

/** The contract is silent about masks of these two; the provider takes one, and an edit without it is as good. */
const masked: ReadonlySet<string> = new Set(["openai.gpt-image-2-edit", "openai.gpt-image-1.5-edit"])

const hasContract = existsSync(contractFile)
if (!hasContract)
  process.stderr.write("skipped: the catalogue against contract/models.json, which is not beside this repository\n")

// The contract is not a part of this repository. Without it the table above still holds every row.
describe.skipIf(!hasContract)("Catalogue and contract/models.json", () => {
  const rows = hasContract ? readContract() : []

  it("every row of the contract is here", () => {
    assert.strictEqual(rows.length, 40)
    assert.sameMembers(
      publishedModels.filter(({ provider }) => contractProviders.has(provider)).map(({ id }) => id),
      rows.map(({ id }) => id)
    )
  })

  for (const row of rows) {
    it(`the facts of ${row.id} are those of the contract`, () => {
      const model = modelNamed(row.id)
      assert.deepStrictEqual<unknown>(
        {
          displayName: model.displayName,
          provider: model.provider,
          upstream: model.upstream,
          modality: model.modality,
          operation: model.operation,
          endpoint: model.endpoint,
          supports: [model.supports],
          capabilityId: capabilityId(model),
          wired: model.wired,
          prompt: model.prompt,
          inputImage: model.inputImage,
          mask: model.mask,
          references: model.references,
          ratios: model.aspectRatios.values,
          ignored: model.aspectRatios.ignored,
          catalogedOnly: model.catalogedOnly,
          maxOutputs: model.maxOutputs,
          mimeTypes: model.output.mimeTypes,
          assetPrefix: `${model.output.assetPrefix}_`,
          basis: model.priceSource.basis
        },
        {
          displayName: row.display_name,
          provider: row.provider,
          upstream: row.upstream_endpoint,
          modality: row.modality,
          operation: row.operation,
          endpoint: row.endpoint,
          supports: row.supports,
          capabilityId: row.capability_id,
          wired: row.execution_status === "executable",
          prompt: row.prompt,
          inputImage: row.input_image === "none" ? "none" : "required",
          mask: masked.has(row.id) ? "optional" : row.mask,
          references:
            row.references === null
              ? null
              : {
                  roles: row.references.roles,
                  maxEntries: row.references.max_entries,
                  tasks: row.references.reference_task ?? []
                },
          ratios: ratiosOf(row),
          ignored: row.aspect_ratio.ignored?.[0] ?? null,
          catalogedOnly: row.cataloged_only_parameters,
          maxOutputs: row.max_outputs_per_request.value,
          mimeTypes: row.output.mime_types,
          assetPrefix: row.output.asset_prefix,
          basis: basisOf(row)
        }
      )
    })

    it(`the parameters of ${row.id} are those of the contract`, () => {
      proveParameters(modelNamed(row.id), row)
    })

    it(`the price of ${row.id} is that of the contract, tier by tier`, () => {
      provePrice(modelNamed(row.id), row)
    })
  }
})
