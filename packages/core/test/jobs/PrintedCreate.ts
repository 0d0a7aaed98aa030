import { type Parsed, read } from "@image-skill/core/envelope/Arguments"
import { argv, type Command } from "@image-skill/core/envelope/CommandLine"
import type { CreateRequest } from "@image-skill/core/jobs/CreateRequest"
import * as Schema from "effect/Schema"

/** The command as the parser understands it; a test fails here when it is none of ours. */
export const understood = (command: Command): Parsed => {
  const reading = read(argv(command))
  if (reading._tag !== "Command") throw new Error(`${argv(command).join(" ")} is ${reading._tag}`)
  return reading
}

const parameters = Schema.decodeSync(Schema.fromJsonString(Schema.JsonObject))

/** The request that a client sends for a printed create; `prompt` fills in the placeholder. */
export const requestOf = (command: Command, prompt: string): CreateRequest => {
  const { flags } = understood(command)
  const text = (name: string): string | undefined => {
    const value = flags.get(name)?.at(-1)
    return value === true ? undefined : value
  }
  const given = <A>(key: keyof CreateRequest, name: string, decode: (text: string) => A) => {
    const value = text(name)
    return value === undefined ? {} : { [key]: decode(value) }
  }
  return {
    prompt: text("prompt") === "PROMPT" ? prompt : (text("prompt") ?? prompt),
    ...given("provider", "provider", String),
    ...given("model", "model", String),
    ...given("intent", "intent", String),
    ...given("aspectRatio", "aspect-ratio", String),
    ...given("outputCount", "output-count", Number),
    ...given("maxEstimatedUsdPerImage", "max-estimated-usd-per-image", Number),
    ...given("maxUsd", "max-usd", Number),
    ...given("modelParameters", "model-parameters-json", parameters),
    ...given("idempotencyKey", "idempotency-key", String),
    ...(text("visibility") === "private" ? { visibility: "private" } : {}),
    ...(flags.has("accept-unknown-cost") ? { acceptUnknownCost: true } : {}),
    ...(flags.has("dry-run") ? { dryRun: true } : {})
  }
}
