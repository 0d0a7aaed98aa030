import { command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Grant } from "./Actor.ts"

/**
 * The signup command with its inputs still to be filled in, used wherever a token is missing (contract/cli.md 4.3).
 * It names no contact: that is optional (decision D2.2), and a placeholder invites inventing one.
 */
export const signupTemplate = command(
  "signup",
  flag("agent"),
  flag("agent-name", placeholders.NAME),
  flag("runtime", placeholders.RUNTIME),
  json
)

/** A service says it of the token in its answer; whoever saves that token and shows none leaves it out. */
export const shownOnce =
  "the restricted token is shown once; keep it in a secret store and out of prompts, logs, issues and feedback"

export const signupDocs = docsUrl("image-skill-signup-agent")

export const authRequired = (): Refusal =>
  new Refusal({
    code: "AUTH_REQUIRED",
    message: "a valid restricted token is needed: sign up, or give one by IMAGE_SKILL_TOKEN or --token-stdin",
    recovery: { suggestedCommand: signupTemplate, docsUrl: signupDocs }
  })

/** The agent lacks a grant; an operator may have taken it away. */
export const missingGrant = (grant: Grant): Refusal =>
  new Refusal({
    code: "CAPABILITY_DENIED",
    message: `this identity lacks the grant ${grant}`,
    recovery: { suggestedCommand: command("whoami", json), docsUrl: docsUrl() },
    details: { grant }
  })
