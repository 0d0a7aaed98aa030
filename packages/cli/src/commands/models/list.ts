import { command, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import { askOpenly } from "../../AskOpenly.ts"
import { flagReader, number, text, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** The model registry, filtered, in rows that are short enough to read at once. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const available = yield* flag(toggle("available"))
    const executable = yield* flag(toggle("executable"))
    const catalogOnly = yield* flag(toggle("catalog-only"))
    const operation = yield* flag(text("operation"))
    const provider = (yield* flag(text("provider")))?.trim() ?? ""
    const modality = (yield* flag(text("modality")))?.trim() ?? ""
    const query = (yield* flag(text("query")))?.trim() ?? ""
    const details = yield* flag(toggle("details"))
    const limit = yield* flag(number("limit"))
    const cursor = (yield* flag(text("cursor")))?.trim() ?? ""
    if (catalogOnly && (available || executable)) return yield* contradictory()
    if (details && (yield* flag(toggle("summary")))) return yield* shortAndWhole()
    return yield* askOpenly(context, (service) =>
      service.modelsList({
        ...(available ? { available: "true" as const } : {}),
        ...(executable ? { executable: "true" as const } : {}),
        ...(catalogOnly ? { catalogOnly: "true" as const } : {}),
        ...(operation === null ? {} : { operation }),
        ...(provider === "" ? {} : { provider }),
        ...(modality === "" ? {} : { modality }),
        ...(query === "" ? {} : { query }),
        ...(limit === null ? {} : { limit: `${limit}` }),
        ...(cursor === "" ? {} : { cursor }),
        ...(details ? { details: "true" as const } : { compact: "true" as const })
      })
    )
  })

const shortAndWhole = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--summary asks for short rows and --details for whole ones; give one of them",
    outcome: "not_sent",
    recovery: { suggestedCommand: command("models list", json), docsUrl: docsUrl("image-skill-models") }
  })

const contradictory = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--catalog-only contradicts --available and --executable",
    outcome: "not_sent",
    recovery: { suggestedCommand: command("models list", json), docsUrl: docsUrl("image-skill-models") }
  })
