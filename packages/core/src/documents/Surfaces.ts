import type { CommandSpec } from "../envelope/CommandSpec.ts"
import type { ActorWire } from "../envelope/Envelope.ts"
import type { ExitCode } from "../envelope/ErrorRegistry.ts"
import type { CommandEffect } from "../envelope/NextAction.ts"
import type { MoneyMoved, Outcome } from "../envelope/Outcome.ts"
import { deployment, docsUrl } from "../envelope/Product.ts"
import type { ClaimState, Grant } from "../identity/Actor.ts"

/** Each closed set of the contract with what its words mean. A word that is added does not compile without a meaning. */

type Meanings<K extends string> = { readonly [word in K]: string }

/** The documents where everybody finds them. A service of one's own answers the same paths. */
export const canonicalUrls = {
  skill: `${deployment.docsBase}/skill.md`,
  llms: `${deployment.docsBase}/llms.txt`,
  cli: docsUrl(),
  errors: `${deployment.docsBase}/errors.md`,
  /** contract/cli.md 0.3. Nothing is sent there unless it is named as the target. */
  api: "https://api.image-skill.com"
} as const

/** contract/api.md 3.1. */
export const actorTypes: Meanings<ActorWire["actor_type"]> = {
  human: "a person: sponsor, owner, admin, or whoever pays or claims",
  agent: "a durable agent identity; every signup makes one",
  session: "one run of an agent; no command makes one",
  system: "the service itself: webhooks and sweeps"
}

/** contract/api.md 3.2. */
export const claimStates: Meanings<ClaimState> = {
  unclaimed: "after signup: restricted, small quota, low-risk work; buying credits does not change it",
  payment_backed_unclaimed: "reserved; no service gives it",
  claimed: "a person stands behind the agent, by an action of the operator",
  revoked: "the token or the agent is switched off: every call answers `AUTH_REQUIRED`"
}

/** contract/api.md 3.3. */
export const grants: Meanings<Grant> = {
  "identity.read": "`whoami`",
  "quota.read": "`usage quota`, `credits status`",
  "models.read": "the models, which are public anyway",
  "capabilities.read": "the capabilities, which are public anyway",
  "image.create.preview": "`create` with an image model",
  "image.edit.preview": "`edit`: edits, variations, 3D",
  "media.create.preview": "`create` with a video or audio model",
  "asset.upload": "`upload`, `assets delete`",
  "asset.read": "`assets list`, `assets show`, `assets get`, `assets lineage`",
  "job.read": "`jobs list`, `jobs show`, `jobs wait`",
  "activity.read": "`activity list`, `activity show`",
  "credits.quote": "`credits quote`",
  "credits.purchase": "`credits buy`",
  "feedback.create": "`feedback create`",
  "claim.request": "`claim request`"
}

/** contract/api.md 3.2, "An unclaimed agent may". */
export const unclaimedMay: ReadonlyArray<string> = [
  "read the documents, the models, the capabilities, its identity and its quota",
  "create, edit and upload within preview or paid credits, quota, storage, budget guards and policy",
  "ask for quotes, and open x402 deposits and Stripe-hosted checkout pages",
  "ask for a person's claim, and leave feedback"
]

/** contract/api.md 3.2, "An unclaimed agent may not". */
export const unclaimedMayNot: ReadonlyArray<string> = [
  "run high-cost or bulk jobs: more outputs or credits in one job than its `model_limits`",
  "publish publicly, create webhooks, or bring keys of providers",
  "change billing plans, saved payment methods, or settings of a team or organization",
  "reach assets, jobs or activity of another organization",
  "turn off telemetry or audit",
  "send payment credentials of any kind"
]

export const effects: Meanings<CommandEffect> = {
  read: "changes nothing and costs nothing",
  write: "changes an identity, a file, a quote or a setting of yours; costs no credits and moves no money",
  spend: "may cost credits or move money",
  approve: "a person decides"
}

export const authentication: Meanings<CommandSpec["auth"]> = {
  none: "needs no token, and sends none",
  optional: "sends a token where there is one",
  required: "needs a token"
}

export const outcomes: Meanings<Outcome> = {
  not_sent: "the request never left this machine",
  rejected: "it was refused, and changed nothing",
  succeeded: "it took effect, although this answer is an error",
  unknown: "nobody can tell yet: look it up, and never repeat it under a new key"
}

export const moneyMoved: Meanings<MoneyMoved> = {
  no: "no credits were debited and no money moved",
  yes: "credits were debited or money moved",
  unknown: "nobody can tell yet; the books are right either way"
}

/** contract/cli.md 1.4, decision D3.8. */
export const exitCodes: { readonly [code in ExitCode]: string } = {
  0: "done",
  1: "not found, still in progress, a Node that is too old, or unforeseen",
  2: "arguments: a flag, a value, a budget guard, a quote or attempt that is over",
  3: "a token is needed, or the one given is not accepted",
  4: "not allowed: for this identity, this model, a limit of the owner or of a wallet",
  5: "credits, the daily cap, a rate limit, or a wallet that lacks the amount or the fee",
  6: "denied by policy, or an input that is not allowed",
  7: "the provider, the service or the network failed",
  8: "out of time: the job may go on, so look it up before doing it again",
  9: "a file, the database or a secret store could not be read or written",
  130: "interrupted"
}
