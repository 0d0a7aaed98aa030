import type { Parsed, Reading } from "@image-skill/core/envelope/Arguments"
import { guard } from "./Guards.ts"
import type { Machine } from "./Machine.ts"

/** Each of these makes a hosted provider runnable. A test holds the list equal to what the providers read. */
export const providerVariables = [
  "OPENAI_API_KEY",
  "XAI_API_KEY",
  "FAL_KEY",
  "GEMINI_API_KEY",
  "BFL_API_KEY",
  "REPLICATE_API_TOKEN",
  "IMAGE_SKILL_COMPATIBLE_BASE_URL"
] as const

/**
 * Whether these arguments may lead to a paid call that outlives the patience of a shell, as far as it can be told
 * without loading anything.
 */
export const mayBeLong = (reading: Reading, { variable }: Machine): reading is Parsed =>
  reading._tag === "Command" &&
  says(reading) &&
  providerVariables.some((name) => variable(name) !== null) &&
  guard(reading) === null

/** A create that has a prompt, or an edit that has an input; without them there is nothing to make. */
const says = ({ flags, name, positionals }: Parsed): boolean =>
  name === "create"
    ? flags.has("prompt") || flags.has("prompt-file") || flags.has("input")
    : name === "edit" && (positionals.length > 0 || flags.has("input") || flags.has("input-asset-id"))

/**
 * Set for a process in the background: how many columns the terminal of its caller has, 0 for no terminal. It counts
 * only together with a channel to that caller.
 */
export const backgroundVariable = "IMAGE_SKILL_BACKGROUND"

export const isInBackground = (): boolean => process.env[backgroundVariable] !== undefined && process.connected
