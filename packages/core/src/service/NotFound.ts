import type { Command } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"

type Missing = "CAPABILITY_NOT_FOUND" | "ASSET_NOT_FOUND" | "JOB_NOT_FOUND" | "ACTIVITY_NOT_FOUND"

/** An unknown id, and an id of somebody else: one answer, so that nobody can tell them apart. */
export const notFound = (code: Missing, what: string, suggestedCommand: Command): Refusal =>
  new Refusal({ code, message: `there is no such ${what} here`, recovery: { suggestedCommand, docsUrl: docsUrl() } })
