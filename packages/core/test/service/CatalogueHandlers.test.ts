import { assert, describe, it } from "@effect/vitest"
import { Catalogue, type Listed, ProviderStatus } from "@image-skill/core/models/Catalogue"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import { catalogueHandlers } from "@image-skill/core/service/CatalogueHandlers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { deploymentOf } from "../models/Deployments.ts"

type Request = { readonly [field: string]: string }

const Row = Schema.Struct({
  id: Schema.String,
  default: Schema.Boolean,
  status: Schema.String,
  availability_reason: Schema.NullOr(Schema.String),
  operations: Schema.Array(Schema.String),
  provider_id: Schema.String,
  modality: Schema.String
})

const NoRunnable = Schema.Struct({
  active: Schema.Boolean,
  operation: Schema.NullOr(Schema.String),
  provider: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  recovery_command: Schema.NullOr(Schema.String)
})

/** What is read of an answer, under its names on the wire. */
const List = Schema.Struct({
  models: Schema.Array(Row),
  summary: Schema.Struct({
    total: Schema.Finite,
    returned: Schema.Finite,
    available: Schema.Finite,
    executable: Schema.Finite,
    cataloged_not_wired: Schema.Finite,
    unavailable: Schema.Finite,
    providers: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Finite)),
    filters: Schema.Record(Schema.String, Schema.Json),
    result_shape: Schema.String,
    search: Schema.NullOr(
      Schema.Struct({
        words: Schema.Array(Schema.String),
        ranking: Schema.String,
        suggestions: Schema.Array(Schema.Struct({ word: Schema.String, instead: Schema.NullOr(Schema.String) }))
      })
    ),
    alias_hints: Schema.Array(Schema.Struct({ alias: Schema.String, model_id: Schema.String })),
    catalog_only_included: Schema.Boolean,
    catalog_only_excluded_count: Schema.Finite,
    execution_availability: Schema.Struct({
      reachable_providers: Schema.Array(Schema.String),
      by_operation: Schema.Record(
        Schema.String,
        Schema.Struct({ runnable: Schema.Finite, providers: Schema.Array(Schema.String) })
      ),
      no_runnable_models: NoRunnable
    }),
    first_actionable_model_ids: Schema.Record(Schema.String, Schema.Array(Schema.String)),
    recommended_commands: Schema.Record(Schema.String, Schema.String)
  }),
  source: Schema.Literal("hosted_model_registry")
})

const providersOf = (listed: ReadonlyArray<Listed>) =>
  new Map(listed.map(({ availability, model }) => [model.provider, availability]))

/** The handlers over a deployment, asked in JSON as a server asks them. */
const ask = (
  listed: ReadonlyArray<Listed>,
  operation: "capabilitiesList" | "capabilitiesShow" | "modelsList" | "modelsShow",
  request: Request = {}
) =>
  Effect.gen(function* () {
    const handlers = yield* catalogueHandlers
    const caller = { token: null, network: null, isLocal: true }
    return yield* handlers[operation].run(request, { caller, session: null, traceId: "trace_0" })
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        Catalogue.layerOf(listed.map(({ model }) => model)),
        PaymentRails.layerOf([]),
        Layer.succeed(
          ProviderStatus,
          ProviderStatus.of({
            of: (provider) =>
              providersOf(listed).get(provider) ?? {
                _tag: "Unavailable",
                reason: "provider_not_supported",
                variable: null
              }
          })
        )
      )
    )
  )

const list = (listed: ReadonlyArray<Listed>, request: Request = {}) =>
  Effect.flatMap(ask(listed, "modelsList", request), ({ data }) => Schema.decodeUnknownEffect(List)(data))

const idsOf = ({ models }: typeof List.Type): ReadonlyArray<string> => models.map(({ id }) => id)

/** The 40 rows of the contract, where exactly these providers have credentials. */
const contract = (...providers: ReadonlyArray<string>): ReadonlyArray<Listed> =>
  deploymentOf(...providers).filter(({ model }) => ["xai", "fal", "openai"].includes(model.provider))

/** The same with the embedded illustrator. */
const withLocal = (...providers: ReadonlyArray<string>): ReadonlyArray<Listed> => [
  ...contract(...providers),
  ...deploymentOf("local").filter(({ model }) => model.id === "local.storyboard")
]

const pages = (listed: ReadonlyArray<Listed>, request: Request) =>
  Effect.flatMap(ask(listed, "modelsList", request), ({ data }) =>
    Schema.decodeUnknownEffect(
      Schema.Struct({
        models: Schema.Array(Schema.Struct({ id: Schema.String })),
        summary: Schema.Struct({ matched: Schema.Finite, returned: Schema.Finite }),
        next_cursor: Schema.NullOr(Schema.String),
        next_command: Schema.NullOr(Schema.String)
      })
    )(data)
  )

const groups = ["image.generate", "image.edit", "image.variation", "video.generate", "audio.generate", "3d.generate"]

describe("models list", () => {
  it.effect("comes in pages that make up the list, each with the command of the next", () =>
    Effect.gen(function* () {
      const whole = yield* pages(contract("fal"), { modality: "image", available: "true" })
      assert.deepStrictEqual([whole.next_cursor, whole.next_command], [null, null])
      const seen: Array<string> = []
      let cursor: string | null = null
      do {
        const page: typeof whole = yield* pages(contract("fal"), {
          modality: "image",
          available: "true",
          limit: "10",
          ...(cursor === null ? {} : { cursor })
        })
        seen.push(...page.models.map(({ id }) => id))
        assert.deepStrictEqual(page.summary, { matched: whole.models.length, returned: page.models.length })
        const last = page.models.at(-1)?.id ?? null
        assert.include([last, null], page.next_cursor)
        assert.strictEqual(
          page.next_command,
          page.next_cursor === null
            ? null
            : `image-skill models list --available --modality image --details --limit 10 --cursor ${last} --json`
        )
        cursor = page.next_cursor
      } while (cursor !== null)
      assert.deepStrictEqual(
        seen,
        whole.models.map(({ id }) => id)
      )
      assert.isAbove(seen.length, 10)
    })
  )

  it.effect("has nothing behind a model that the filters leave out, and refuses a cursor that is no model", () =>
    Effect.gen(function* () {
      const behind = yield* pages(contract("fal"), { modality: "image", cursor: "fal.stable-audio-25-text-to-audio" })
      assert.deepStrictEqual([behind.models.length, behind.next_cursor], [0, null])
      const refused = yield* Effect.flip(ask(contract("fal"), "modelsList", { cursor: "fal.nothing" }))
      assert.deepInclude(refused, { code: "INVALID_ARGUMENTS" })
      assert.deepInclude(yield* Effect.flip(ask(contract("fal"), "modelsList", { limit: "0" })), {
        code: "INVALID_ARGUMENTS"
      })
    })
  )

  it.effect("counts the whole registry, as the sample of the contract does", () =>
    Effect.gen(function* () {
      const { summary } = yield* list(contract("xai", "fal"))
      const { alias_hints, execution_availability, first_actionable_model_ids, recommended_commands, ...counts } =
        summary
      assert.deepStrictEqual<unknown>(counts, {
        total: 40,
        returned: 36,
        available: 32,
        executable: 36,
        cataloged_not_wired: 4,
        unavailable: 4,
        providers: {
          fal: { total: 32, executable: 28, available: 28, cataloged_not_wired: 4 },
          openai: { total: 4, executable: 4, available: 0, cataloged_not_wired: 0 },
          xai: { total: 4, executable: 4, available: 4, cataloged_not_wired: 0 }
        },
        filters: {
          available: null,
          executable: null,
          catalog_only: null,
          operation: null,
          provider: null,
          modality: null,
          query: null
        },
        result_shape: "full_model_row",
        search: null,
        catalog_only_included: false,
        catalog_only_excluded_count: 4
      })
      assert.lengthOf(alias_hints, 7)
      assert.deepStrictEqual(execution_availability.reachable_providers, ["fal", "xai"])
      assert.deepStrictEqual(Object.keys(execution_availability.by_operation), groups)
      assert.deepStrictEqual(execution_availability.by_operation["3d.generate"], { runnable: 1, providers: ["fal"] })
      assert.deepStrictEqual(execution_availability.by_operation["image.edit"]?.providers, ["fal", "xai"])
      assert.deepStrictEqual(execution_availability.no_runnable_models, {
        active: false,
        operation: null,
        provider: null,
        reason: null,
        recovery_command: null
      })
      assert.deepStrictEqual(first_actionable_model_ids["image.generate"], [
        "xai.grok-imagine-image-quality",
        "fal.flux-dev",
        "xai.grok-imagine-image"
      ])
      assert.strictEqual(first_actionable_model_ids["image.edit"]?.[0], "fal.nano-banana-2-edit")
      assert.deepStrictEqual(recommended_commands, {
        create: "image-skill models list --available --operation image.generate --json",
        edit: "image-skill models list --available --operation image.edit --json",
        catalog: "image-skill models list --catalog-only --json"
      })
    })
  )

  it.effect("rows stand in the order that published clients choose by", () =>
    Effect.gen(function* () {
      const { models } = yield* list(contract("xai", "fal"))
      assert.deepStrictEqual(
        models.slice(0, 3).map(({ id }) => id),
        ["xai.grok-imagine-image-quality", "fal.flux-dev", "xai.grok-imagine-image"]
      )
      assert.deepStrictEqual(
        models.filter((row) => row.default).map(({ id }) => id),
        ["xai.grok-imagine-image-quality"]
      )
      const positions = models.map(({ operations }) => groups.indexOf(operations[0] ?? ""))
      assert.deepStrictEqual(
        positions,
        positions.toSorted((left, right) => left - right)
      )
      for (const group of groups) {
        const statuses = models.filter(({ operations }) => operations[0] === group).map(({ status }) => status)
        assert.deepStrictEqual(statuses, statuses.toSorted())
      }
    })
  )

  it.effect("where nothing hosted runs the embedded model is first and the default, else it stands behind", () =>
    Effect.gen(function* () {
      const offline = yield* list(withLocal())
      assert.deepInclude(offline.models[0], { id: "local.storyboard", default: true, status: "available" })
      const { models } = yield* list(withLocal("openai"), { operation: "image.generate", available: "true" })
      assert.deepStrictEqual(
        models.map((row) => [row.id, row.default]),
        [
          ["openai.gpt-image-2", true],
          ["openai.gpt-image-1.5", false],
          ["local.storyboard", false]
        ]
      )
    })
  )

  it.effect("each filter keeps the rows it names", () =>
    Effect.gen(function* () {
      const listed = contract("xai", "fal")
      const available = yield* list(listed, { available: "true" })
      assert.lengthOf(available.models, 32)
      assert.isTrue(available.models.every(({ status }) => status === "available"))
      assert.lengthOf((yield* list(listed, { executable: "true" })).models, 36)
      assert.lengthOf((yield* list(listed, { available: "false" })).models, 36)
      const catalog = yield* list(listed, { catalog_only: "true" })
      assert.lengthOf(catalog.models, 4)
      assert.isTrue(catalog.models.every((row) => row.availability_reason === "cataloged_not_wired"))
      assert.deepInclude(catalog.summary, { catalog_only_included: true, catalog_only_excluded_count: 0 })
      const edits = yield* list(listed, { operation: "image.edit" })
      assert.isTrue(edits.models.every(({ operations }) => operations.includes("image.edit")))
      const xai = yield* list(listed, { provider: "xai" })
      assert.deepStrictEqual(new Set(xai.models.map((row) => row.provider_id)), new Set(["xai"]))
      assert.lengthOf(xai.models, 4)
      const sound = yield* list(listed, { modality: "audio" })
      assert.deepStrictEqual(idsOf(sound), ["fal.stable-audio-25-text-to-audio"])
      assert.lengthOf((yield* list(listed, { modality: "image", provider: "xai", operation: "image.edit" })).models, 2)
      assert.deepInclude(sound.summary.filters, { modality: "audio", provider: null })
      assert.strictEqual(sound.summary.total, 40)
    })
  )

  it.effect("unknown values and contradictions are refused with what there is", () =>
    Effect.gen(function* () {
      for (const [request, field] of [
        [{ operation: "image.dream" }, "operation"],
        [{ provider: "nobody" }, "provider"],
        [{ modality: "smell" }, "modality"],
        [{ operation: "constructor" }, "operation"]
      ] as const) {
        const refusal = yield* Effect.flip(list(contract(), request))
        assert.deepInclude(refusal, { code: "INVALID_ARGUMENTS" })
        assert.include(refusal.message, `\`${field}\` (--${field}) must be one of `)
      }
      for (const request of [{ catalog_only: "true", available: "true" }, { available: "yes" }, { query: " " }])
        assert.deepInclude(yield* Effect.flip(list(contract(), request)), { code: "INVALID_ARGUMENTS" })
    })
  )

  const nothing: ReadonlyArray<
    readonly [what: string, runs: ReadonlyArray<string>, request: Request, reason: RegExp, recovery: string]
  > = [
    [
      "a provider that is not reachable",
      ["xai"],
      { provider: "openai", operation: "image.edit" },
      /not reachable here/u,
      "image-skill models list --available --operation image.edit --json"
    ],
    [
      "a reachable provider without such a model",
      ["xai"],
      { provider: "xai", operation: "3d.generate", available: "true" },
      /^provider is reachable but none of its models for this operation is runnable right now$/u,
      "image-skill models list --available --json"
    ],
    [
      "an operation that nobody runs",
      [],
      { operation: "image.edit" },
      /no model that passes/u,
      "image-skill models list --json"
    ],
    [
      "a medium that nobody makes",
      ["xai"],
      { modality: "3d" },
      /no model/u,
      "image-skill models list --available --json"
    ]
  ]
  for (const [what, runs, request, reason, recovery] of nothing) {
    it.effect(`${what} is still a success, with the reason and the way to what runs`, () =>
      Effect.gen(function* () {
        const { summary } = yield* list(contract(...runs), request)
        const { no_runnable_models } = summary.execution_availability
        assert.deepInclude(no_runnable_models, {
          active: true,
          operation: request["operation"] ?? null,
          provider: request["provider"] ?? null,
          recovery_command: recovery
        })
        assert.match(no_runnable_models.reason ?? "", reason)
      })
    )
  }

  it.effect("a provider is reachable by its credentials, though none of its rows is wired", () =>
    Effect.gen(function* () {
      const listed = contract("fal").filter(({ model }) => !model.wired || model.provider === "xai")
      const { summary } = yield* list(listed)
      assert.deepStrictEqual(summary.execution_availability.reachable_providers, ["fal"])
      assert.strictEqual(summary.available, 0)
      assert.deepInclude(summary.providers["fal"], { total: 4, executable: 0, available: 0 })
    })
  )

  it.effect("words narrow the list, the best first, and the ranking is stated", () =>
    Effect.gen(function* () {
      const { models, summary } = yield* list(contract("fal"), { query: "flux dev", operation: "image.generate" })
      assert.deepStrictEqual(
        models.map(({ id }) => id),
        ["fal.flux-dev"]
      )
      assert.deepStrictEqual(summary.search?.words, ["flux", "dev"])
      assert.include(summary.search?.ranking, "whole id or alias")
      assert.deepInclude(summary, { returned: 1, total: 40 })
      const missed = yield* list(contract("fal"), { query: "nanobanana" })
      assert.lengthOf(missed.models, 0)
      assert.deepStrictEqual(missed.summary.alias_hints, [{ alias: "nano-banana", model_id: "fal.nano-banana-2" }])
      assert.isFalse(missed.summary.execution_availability.no_runnable_models.active)
      const slip = yield* list(contract("fal"), { query: "kontxt" })
      assert.deepStrictEqual(slip.summary.search?.suggestions, [{ word: "kontxt", instead: "kontext" }])
    })
  )

  it.effect("short rows come only when they are asked for, with the fields of the contract", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(contract("xai"), "modelsList", {
        compact: "true",
        query: "quality",
        operation: "image.generate"
      })
      assert.deepStrictEqual<unknown>((yield* Schema.decodeUnknownEffect(Rows)(data)).models, [
        {
          id: "xai.grok-imagine-image-quality",
          default: true,
          display_name: "xAI Grok Imagine Image Quality",
          provider_id: "xai",
          mode: "live",
          status: "available",
          availability_reason: null,
          modality: "image",
          supports: ["create"],
          operations: ["image.generate"],
          task_tags: ["create", "generate", "text-to-image", "multi-output"],
          estimated_usd_per_image: 0.05,
          credits_required: 9,
          pricing_confidence: "known",
          cost_known: true,
          budget_required_for_live: false,
          max_outputs_per_request: 10,
          max_resolution: "2k",
          artifact_storage: "image_skill_owned",
          model_execution_status: "executable",
          grants_required: ["image.create.preview"],
          show_command: "image-skill models show xai.grok-imagine-image-quality --json"
        }
      ])
      const { summary } = yield* list(contract("xai"), { compact: "true" })
      assert.strictEqual(summary.result_shape, "compact_model_summary")
      const full = yield* ask(contract("xai"), "modelsList", { compact: "false" })
      const [row] = (yield* Schema.decodeUnknownEffect(Rows)(full.data)).models
      assert.containsAllKeys(row, ["media", "parameters", "economics", "execution", "safety", "migration"])
    })
  )
})

const Rows = Schema.Struct({ models: Schema.Array(Schema.JsonObject) })
const Shown = Schema.Struct({ request: Schema.JsonObject, model: Schema.JsonObject })
const show = (listed: ReadonlyArray<Listed>, id: string) =>
  Effect.flatMap(ask(listed, "modelsShow", { model_id: id }), ({ data, warnings }) =>
    Effect.map(Schema.decodeUnknownEffect(Shown)(data), (shown) => ({ ...shown, warnings }))
  )

describe("models show", () => {
  it.effect("the sample row of the contract is shown with every field that the contract names", () =>
    Effect.gen(function* () {
      const { model, request } = yield* show(contract("xai"), "xai.grok-imagine-image-quality")
      assert.deepStrictEqual(request, { model_id: "xai.grok-imagine-image-quality" })
      const { economics, ...row } = model
      assert.deepStrictEqual<unknown>(row, {
        id: "xai.grok-imagine-image-quality",
        default: true,
        display_name: "xAI Grok Imagine Image Quality",
        provider_id: "xai",
        mode: "live",
        status: "available",
        availability_reason: null,
        availability_variable: null,
        modality: "image",
        supports: ["create"],
        operations: ["image.generate"],
        task_tags: ["create", "generate", "text-to-image", "multi-output"],
        capability: {
          id: "is.image.generate.xai-grok-imagine-image-quality.v1",
          version: 1,
          intents: ["explore", "draft", "final", "product", "hero"],
          grants_required: ["image.create.preview"]
        },
        media: {
          input: {
            prompt: { required: true, max_characters: 8_000 },
            images: { supported: false, required: false, max: 0 },
            mask: { supported: false, required: false },
            references: { supported: false, required: false, max: 0, roles: [] },
            aspect_ratios: { default: "1:1", values: ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"] }
          },
          output: {
            mime_types: ["image/png", "image/jpeg", "image/webp"],
            asset_prefix: "image_",
            max_outputs_per_request: 10,
            max_resolution: "2k",
            transparent_background: false
          }
        },
        parameters: {
          schema: {
            type: "object",
            additionalProperties: false,
            properties: {
              resolution: {
                type: "string",
                enum: ["1k", "2k"],
                description: "output tier; a higher one may cost more"
              }
            },
            required: []
          },
          defaults: {},
          wired: ["resolution"],
          fixed: [{ name: "response_format", value: "bytes", reason: "outputs are always copied into owned storage" }],
          cataloged_only: []
        },
        execution: {
          model_execution_status: "executable",
          artifact_storage: "image_skill_owned",
          sync: true,
          latency_class: "interactive",
          typical_seconds: null
        },
        safety: { prompt_policy: "checked_before_provider_call", output_policy: "provider_default", controls: [] },
        migration: { hints: ["the default of create for every intent but drafts"], replaces: [], aliases: [] },
        deprecation: null,
        notes: [],
        show_command: "image-skill models show xai.grok-imagine-image-quality --json"
      })
      assert.deepStrictEqual<unknown>(economics, {
        currency: "USD",
        cost_known: true,
        cost_class: "standard",
        unit: "image",
        estimated_usd_per_image: 0.05,
        budget_required_for_live: false,
        credit_pricing: {
          credit_unit_usd: 0.01,
          credits_required: 9,
          estimated_provider_cost_usd: 0.05,
          fallback_provider_cost_usd: null,
          estimated_revenue_usd: 0.09,
          estimated_gross_margin: 0.444,
          target_gross_margin: 0.4,
          pricing_confidence: "known",
          pricing_source: "model_registry",
          margin_model: "provider_cost_plus_margin",
          payment_fee_rate: 0.015,
          payment_fee_model: "stripe_stablecoin_usd_percent",
          estimated_payment_fee_usd: 0.00135,
          estimated_net_revenue_usd: 0.08865,
          estimated_fee_adjusted_margin: 0.429,
          self_fundable: true,
          self_fund_block_reason: null
        },
        tiers: [
          { when: { resolution: "1k" }, estimated_provider_cost_usd: 0.05, credits_required: 9 },
          { when: { resolution: "2k" }, estimated_provider_cost_usd: 0.07, credits_required: 12 }
        ],
        price_source: {
          basis: "later_client",
          as_of: "2026-11-21",
          note: "the contract states the 2k price; that of 1k is the later client's"
        }
      })
    })
  )

  it.effect("an alias and the word default are resolved, and the answer says for what they stand", () =>
    Effect.gen(function* () {
      const alias = yield* show(contract("fal"), "nano-banana-edit")
      assert.strictEqual(alias.model["id"], "fal.nano-banana-2-edit")
      assert.deepStrictEqual(alias.request, { model_id: "nano-banana-edit" })
      assert.deepStrictEqual(alias.warnings, ["this name stands for fal.nano-banana-2-edit here"])
      assert.deepInclude(alias.model["migration"], { aliases: ["nano-banana-edit"] })
      assert.strictEqual((yield* show(contract("fal"), "default")).model["id"], "fal.flux-dev")
      assert.strictEqual((yield* show(withLocal(), "default")).model["id"], "local.storyboard")
      assert.deepStrictEqual((yield* show(contract("fal"), "fal.flux-dev")).warnings, [])
    })
  )

  it.effect("where nothing runs there is no default, and an unknown id names the nearest one", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* Effect.flip(show(contract(), "default")), { code: "MODEL_NOT_FOUND" })
      const refusal = yield* Effect.flip(show(contract(), "fal.flux-dv"))
      assert.deepInclude(refusal, { code: "MODEL_NOT_FOUND" })
      assert.include(refusal.message, "fal.flux-dev")
    })
  )

  it.effect("a catalogue-only row is shown, and so is how many images and which masks a model takes", () =>
    Effect.gen(function* () {
      const catalog = yield* show(contract("fal"), "imagen4")
      assert.deepInclude(catalog.model, { status: "unavailable", availability_reason: "cataloged_not_wired" })
      const { media, safety } = (yield* show(contract("openai"), "openai.gpt-image-2-edit")).model
      assert.deepStrictEqual(
        yield* Schema.decodeUnknownEffect(
          Schema.Struct({ input: Schema.Struct({ images: Schema.Json, mask: Schema.Json }) })
        )(media),
        { input: { images: { supported: true, required: true, max: 16 }, mask: { supported: true, required: false } } }
      )
      assert.deepInclude(safety, { controls: ["moderation"] })
    })
  )
})

const Capability = Schema.Struct({
  id: Schema.String,
  version: Schema.Literal(1),
  operation: Schema.String,
  modality: Schema.String,
  status: Schema.String,
  execution_status: Schema.String,
  title: Schema.String,
  intents: Schema.Array(Schema.String),
  normalized_controls: Schema.Array(Schema.String),
  model_parameters_schema: Schema.JsonObject,
  auth: Schema.Struct({ required: Schema.Boolean, grants_required: Schema.Array(Schema.String) }),
  model_ids: Schema.Array(Schema.String),
  deprecation: Schema.Null
})
const Capabilities = Schema.Struct({
  capabilities: Schema.Array(Capability),
  normalized_controls: Schema.JsonObject,
  auth_requirements: Schema.Struct({ read: Schema.String, execute: Schema.String }),
  deprecations: Schema.Array(Schema.String),
  next_cursor: Schema.Null,
  next_command: Schema.Null,
  source: Schema.Literal("hosted_capability_catalog")
})
const showCapability = (listed: ReadonlyArray<Listed>, id: string) =>
  Effect.flatMap(ask(listed, "capabilitiesShow", { capability_id: id }), ({ data }) =>
    Schema.decodeUnknownEffect(Schema.Struct({ request: Schema.JsonObject, capability: Capability }), {
      onExcessProperty: "error"
    })(data)
  )

const CapabilityPage = Schema.Struct({
  capabilities: Schema.Array(Schema.Struct({ id: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String),
  next_command: Schema.NullOr(Schema.String)
})

const capabilities = (request: Request) =>
  Effect.flatMap(ask(contract("fal"), "capabilitiesList", request), ({ data }) =>
    Schema.decodeUnknownEffect(CapabilityPage)(data)
  )

describe("short rows", () => {
  it.effect(
    "come also by the older name, unless whole ones are asked for, and name the command of the whole list",
    () =>
      Effect.gen(function* () {
        const Shape = Schema.Struct({
          summary: Schema.Struct({ result_shape: Schema.String, full_list_command: Schema.NullOr(Schema.String) })
        })
        const shapeOf = (request: Request) =>
          Effect.flatMap(ask(contract("fal"), "modelsList", request), ({ data }) =>
            Effect.map(Schema.decodeUnknownEffect(Shape)(data), ({ summary }) => Object.values(summary))
          )
        const short = ["compact_model_summary", "image-skill models list --modality video --details --json"]
        assert.deepStrictEqual(yield* shapeOf({ summary: "true", modality: "video" }), short)
        assert.deepStrictEqual(yield* shapeOf({ compact: "true", modality: "video" }), short)
        const whole = ["full_model_row", null]
        assert.deepStrictEqual(yield* shapeOf({ summary: "true", details: "true" }), whole)
        assert.deepStrictEqual(yield* shapeOf({}), whole)
      })
  )
})

describe("capabilities", () => {
  it.effect("come in pages that make up the list, and a cursor that is none of them is refused", () =>
    Effect.gen(function* () {
      const all = yield* capabilities({})
      assert.deepStrictEqual([all.next_cursor, all.next_command], [null, null])
      const seen: Array<string> = []
      let cursor: string | null = null
      do {
        const page: typeof CapabilityPage.Type = yield* capabilities({
          limit: "7",
          ...(cursor === null ? {} : { cursor })
        })
        assert.isAtMost(page.capabilities.length, 7)
        seen.push(...page.capabilities.map(({ id }) => id))
        const next = page.next_cursor
        assert.strictEqual(
          page.next_command,
          next === null ? null : `image-skill capabilities list --limit 7 --cursor ${next} --json`
        )
        cursor = next
      } while (cursor !== null)
      assert.deepStrictEqual(
        seen,
        all.capabilities.map(({ id }) => id)
      )
      const refused = yield* Effect.flip(ask(contract("fal"), "capabilitiesList", { cursor: "none" }))
      assert.strictEqual(refused._tag === "Refusal" ? refused.code : refused._tag, "INVALID_ARGUMENTS")
    })
  )

  it.effect("the list has one capability for each wired model, and explains every control that one names", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(contract("xai"), "capabilitiesList")
      const answer = yield* Schema.decodeUnknownEffect(Capabilities, { onExcessProperty: "error" })(data)
      assert.lengthOf(answer.capabilities, 36)
      assert.strictEqual(new Set(answer.capabilities.map(({ id }) => id)).size, 36)
      for (const { id, normalized_controls } of answer.capabilities) {
        assert.includeMembers(Object.keys(answer.normalized_controls), [...normalized_controls], id)
        assert.include(normalized_controls, "idempotency_key")
      }
    })
  )

  const controls: ReadonlyArray<readonly [id: string, has: ReadonlyArray<string>, lacks: ReadonlyArray<string>]> = [
    ["is.image.generate.fal-flux-dev.v1", ["prompt"], ["input_asset_id", "mask_asset_id", "references"]],
    ["is.image.generate.fal-dreamo.v1", ["prompt", "references"], ["input_asset_id"]],
    ["is.image.edit.fal-ideogram-v2-edit.v1", ["prompt", "input_asset_id", "mask_asset_id"], ["references"]],
    ["is.image.edit.fal-kling-image-o1.v1", ["additional_input_asset_ids", "references"], ["mask_asset_id"]],
    ["is.image.variation.fal-flux-dev-redux.v1", ["input_asset_id"], ["prompt", "additional_input_asset_ids"]]
  ]
  for (const [id, has, lacks] of controls) {
    it.effect(`${id} has ${has.join(", ")} and not ${lacks.join(", ")}`, () =>
      Effect.gen(function* () {
        const { capability } = yield* showCapability(contract("xai"), id)
        assert.includeMembers([...capability.normalized_controls], [...has])
        for (const control of lacks) assert.notInclude(capability.normalized_controls, control)
      })
    )
  }

  it.effect("the oldest id stands for the default model, and an unknown one is not found", () =>
    Effect.gen(function* () {
      const { capability, request } = yield* showCapability(contract("xai"), "is.image.generate.preview.v1")
      assert.deepStrictEqual(capability.model_ids, ["xai.grok-imagine-image-quality"])
      assert.deepStrictEqual(request, { capability_id: "is.image.generate.preview.v1" })
      assert.deepInclude(capability.model_parameters_schema, { type: "object", additionalProperties: false })
      const refusal = yield* Effect.flip(showCapability(contract("xai"), "is.image.dream.v1"))
      assert.deepInclude(refusal, { code: "CAPABILITY_NOT_FOUND" })
    })
  )
})
