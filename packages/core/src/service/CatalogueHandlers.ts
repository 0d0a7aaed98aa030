import * as Effect from "effect/Effect"
import { command, type Command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import * as Refusals from "../jobs/Refusals.ts"
import { Catalogue, type Listed, ProviderStatus } from "../models/Catalogue.ts"
import { capabilityId, type Modality, operationKinds } from "../models/Model.ts"
import { defaultModelAlias, deprecationNotice, resolveModelId } from "../models/ModelAliases.ts"
import { PaymentRails } from "../payments/PaymentRails.ts"
import type { Rail } from "../payments/Rail.ts"
import { answers } from "./Answers.ts"
import { capabilitiesListAnswer, capabilityRow } from "./answers/Capabilities.ts"
import { modelRow } from "./answers/Models.ts"
import { defaultModelId, modelsListAnswer } from "./answers/ModelsList.ts"
import { creditPacksAnswer, paymentMethodsAnswer } from "./answers/Payments.ts"
import { handler } from "./Handler.ts"
import { notFound } from "./NotFound.ts"
import { requests } from "./Requests.ts"

/** The handlers of what anybody may read: rails, packs, models, capabilities. */
export const catalogueHandlers = Effect.gen(function* () {
  const rails = yield* PaymentRails
  const catalogue = yield* Catalogue
  const status = yield* ProviderStatus

  const listed = (): ReadonlyArray<Listed> =>
    catalogue.models.map((model) => ({ model, availability: status.of(model.provider) }))

  const paymentMethods = handler({
    request: requests.paymentMethods,
    answer: answers.paymentMethods,
    run: () => Effect.map(rails.described, (rows) => ({ data: paymentMethodsAnswer(rows), warnings: noticesOf(rows) }))
  })

  const creditPacks = handler({
    request: requests.creditPacks,
    answer: answers.creditPacks,
    run: () => Effect.map(rails.described, (rows) => ({ data: creditPacksAnswer(rows) }))
  })

  const modelsList = handler({
    request: requests.modelsList,
    answer: answers.modelsList,
    run: Effect.fnUntraced(function* (request) {
      const rows = listed()
      const available = flagOf(request.available)
      const executableOnly = flagOf(request.executable)
      const catalogOnly = flagOf(request.catalogOnly)
      if (catalogOnly === true && (available === true || executableOnly === true)) return yield* contradictoryFilters()
      const operation = operationKinds.find((kind) => kind === request.operation) ?? null
      if (request.operation !== undefined && operation === null)
        return yield* unknownFilter("operation", operationKinds)
      const providers = [...new Set(rows.map(({ model }) => model.provider))]
      const provider = request.provider ?? null
      if (provider !== null && !providers.includes(provider)) return yield* unknownFilter("provider", providers)
      const modality = modalities.find((kind) => kind === request.modality) ?? null
      if (request.modality !== undefined && modality === null) return yield* unknownFilter("modality", modalities)
      const query = request.query ?? null
      const filters = { available, executable: executableOnly, catalogOnly, operation, provider, modality, query }
      const after = request.cursor ?? null
      if (after !== null && rows.every(({ model }) => model.id !== after)) {
        return yield* unknownCursor("model", command("models list", json))
      }
      const limit = request.limit === undefined ? null : Number(request.limit)
      const isCompact = request.compact === "true" || (request.summary === "true" && request.details !== "true")
      return { data: modelsListAnswer(rows, filters, { after, limit, compact: isCompact }) }
    })
  })

  const modelsShow = handler({
    request: requests.modelsShow,
    answer: answers.modelsShow,
    run: Effect.fnUntraced(function* (request) {
      const rows = listed()
      const models = rows.map(({ model }) => model)
      const defaultId = defaultModelId(rows)
      const meant = request.modelId === defaultModelAlias ? defaultId : resolveModelId(request.modelId, models)
      const row = rows.find(({ model }) => model.id === meant)
      if (row === undefined)
        return yield* Refusals.modelNotFound(
          request.modelId,
          models.map(({ id }) => id)
        )
      return {
        data: { request, model: modelRow(row, row.model.id === defaultId) },
        warnings: [
          ...(row.model.id === request.modelId ? [] : [`this name stands for ${row.model.id} here`]),
          ...deprecationNotice(row.model)
        ]
      }
    })
  })

  const capabilitiesList = handler({
    request: requests.capabilitiesList,
    answer: answers.capabilitiesList,
    run: Effect.fnUntraced(function* (request) {
      const rows = listed()
      const after = request.cursor ?? null
      const isKnown = after === null || rows.some(({ model }) => model.wired && capabilityId(model) === after)
      if (!isKnown) return yield* unknownCursor("capability", command("capabilities list", json))
      const limit = request.limit === undefined ? null : Number(request.limit)
      return { data: capabilitiesListAnswer(rows, { after, limit }) }
    })
  })

  const capabilitiesShow = handler({
    request: requests.capabilitiesShow,
    answer: answers.capabilitiesShow,
    run: Effect.fnUntraced(function* (request) {
      const rows = listed()
      const defaultId = defaultModelId(rows)
      // The oldest documents name the default route by this id.
      const isDefault = request.capabilityId === "is.image.generate.preview.v1"
      const row = rows.find(({ model }) =>
        isDefault ? model.id === defaultId : capabilityId(model) === request.capabilityId
      )
      if (row === undefined)
        return yield* notFound("CAPABILITY_NOT_FOUND", "capability", command("capabilities list", json))
      return { data: { request, capability: capabilityRow(row) } }
    })
  })

  return { paymentMethods, creditPacks, modelsList, modelsShow, capabilitiesList, capabilitiesShow }
})

const noticesOf = (rails: ReadonlyArray<Rail>): ReadonlyArray<string> => [
  ...new Set(rails.flatMap(({ available, notice }) => (available && notice !== null ? [notice] : [])))
]

const flagOf = (value: "true" | "false" | undefined): boolean | null => (value === undefined ? null : value === "true")

const modalities = ["image", "video", "audio", "3d"] as const satisfies ReadonlyArray<Modality>

const unknownCursor = (what: string, again: Command): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `\`cursor\` (--cursor) is no ${what} of this service; take it from next_cursor`,
    recovery: { suggestedCommand: again, docsUrl: docsUrl("image-skill-models") },
    details: { field: "cursor" }
  })

const contradictoryFilters = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "`catalog_only` (--catalog-only) contradicts `available` (--available) and `executable` (--executable)",
    recovery: { suggestedCommand: command("models list", json), docsUrl: docsUrl("image-skill-models") }
  })

const unknownFilter = (field: "modality" | "operation" | "provider", allowed: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `\`${field}\` (--${field}) must be one of ${allowed.join(", ")}`,
    recovery: { suggestedCommand: command("models list", json), docsUrl: docsUrl("image-skill-models") },
    details: { field, allowed }
  })
