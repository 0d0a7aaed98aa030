import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { missingInputs } from "../envelope/CommandLine.ts"
import type { Answer } from "../envelope/Envelope.ts"
import { isJsonObject, jsonField, withFields } from "../envelope/JsonFields.ts"
import { type NextActions, nextActionsToWire } from "../envelope/NextAction.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { guideAgain } from "../guide/GuideCommands.ts"
import type { GuideWish } from "../guide/GuideFacts.ts"
import { afterSignup, SignupHandoffBlock } from "../identity/AuthHandoff.ts"
import { shownOnce } from "../identity/SignupCommand.ts"
import type { KeptToken } from "./AgentTokens.ts"

export interface SignupEnd {
  /** Where the token is now; null where it was not to be kept. */
  readonly saved: KeptToken | null
  /** The token itself, for a caller who asked to see it this once. */
  readonly shown: string | null
  /** What to go on with. */
  readonly wish: GuideWish
  readonly start: Start
}

/** The answer of a signup whose token has found its place, with the guide as the next step (contract/cli.md 6.6). */
export const signedUp = (answer: Answer, end: SignupEnd): Answer => {
  const { data } = answer.envelope
  const { saved, shown } = end
  const stored = afterSignup(saved?.source ?? "not_saved", shown !== null)
  const reported = withFields(data, {
    agent_contact: jsonField(data, "agent_contact") ?? jsonField(data, "human_email") ?? null,
    token: shown,
    token_presented: shown !== null,
    storage: withFields(jsonField(data, "storage"), {
      saved: saved !== null,
      config_path: saved?.source === "config" ? saved.place : null,
      reason:
        saved === null
          ? shown === null
            ? "no token was asked for"
            : "the token is shown once and not saved"
          : `the token is saved in ${saved.place}`
    }),
    auth_handoff: Result.getOrThrow(Schema.encodeResult(SignupHandoffBlock)(stored)),
    ...nextStep(end)
  })
  const warnings = [
    ...answer.envelope.warnings.filter((warning) => shown !== null || warning !== shownOnce),
    ...(saved === null
      ? []
      : [`the token is saved in ${saved.place}, readable by you only; later commands sign in by themselves`]),
    ...(saved?.previousPlace === undefined || saved.previousPlace === null
      ? []
      : [`the token that was saved before lies in ${saved.previousPlace} now`]),
    ...(shown === null ? [] : [shownWarning(saved !== null)])
  ]
  return { ...answer, envelope: { ...answer.envelope, data: without(reported, "human_email"), warnings } }
}

const without = (data: Schema.JsonObject, name: string): Schema.Json =>
  isJsonObject(data) ? Object.fromEntries(Object.entries(data).filter(([key]) => key !== name)) : data

const shownWarning = (alsoSaved: boolean): string =>
  alsoSaved
    ? "the token was printed, too, this once; keep it out of prompts, logs, issues and feedback"
    : "the token was printed this once; store it now, and give it later by IMAGE_SKILL_TOKEN or --token-stdin"

/** Back to the guide, with everything the caller said it wants. */
const nextStep = ({ saved, start, wish }: SignupEnd): Schema.JsonObject => {
  const guide = guideAgain(wish)
  const inputs = [
    ...missingInputs(guide).map(({ description, example, flag, name }) => ({
      flag,
      placeholder: name,
      value_description: description,
      example
    })),
    ...(saved === null
      ? [
          {
            flag: null,
            placeholder: "IMAGE_SKILL_TOKEN",
            value_description: "the token, in the environment",
            example: "isk_r_..."
          }
        ]
      : [])
  ]
  const actions: NextActions = { guide: { command: guide, effect: "read" } }
  return {
    next_command: lineOf(guide, start),
    next_command_copy_runnable: inputs.length === 0,
    ...(inputs.length === 0 ? {} : { next_command_missing_inputs: inputs }),
    next_actions: nextActionsToWire(actions, start)
  }
}
