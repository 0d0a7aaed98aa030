import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { OrganizationId } from "../identity/Actor.ts"
import type { PolicyObjection } from "./JudgeSpending.ts"
import type { Approval } from "./SpendPolicies.ts"
import type { PolicyRule, PolicySource } from "./SpendPolicy.ts"

/** What a policy refuses, and where its owner is asked. */

export const policyDocs = docsUrl("image-skill-spend-policy")
export const showPolicy = command("spend-policy show", json)

/** Runs on the data folder of the service, by its owner. */
export const approveCommand = (id: string): Command => command("admin approve", flag("id", id), json)

export const approvalRequired = (
  objection: PolicyObjection,
  approval: Approval,
  url: string | null,
  cheaper: Command
): Refusal =>
  new Refusal({
    code: "APPROVAL_REQUIRED",
    message:
      approval.state === "denied"
        ? `the owner denied this request at ${approval.decidedAt ?? ""}: ${sentenceOf(objection)}; nothing was spent`
        : `${sentenceOf(objection)}; nothing was spent. The owner can let it pass once`,
    recovery: {
      suggestedCommand: cheaper,
      ...(approval.state === "denied"
        ? {}
        : {
            approval: {
              id: approval.id,
              url,
              ownerCommand: approveCommand(approval.id),
              expiresAt: approval.expiresAt
            }
          })
    },
    details: { ...factsOf(objection), ...(approval.state === "denied" ? { approval_state: "denied" } : {}) }
  })

/** No approval helps: the policy has to be mended or renewed by its owner. */
export const closed = (objection: PolicyObjection, organizationId: OrganizationId, cheaper: Command): Refusal =>
  new Refusal({
    code: "APPROVAL_REQUIRED",
    message: `${sentenceOf(objection)}; nothing was spent`,
    recovery: {
      suggestedCommand: cheaper,
      docsUrl: policyDocs,
      approval: {
        id: null,
        url: null,
        ownerCommand: command("admin policy", flag("organization", organizationId), json),
        expiresAt: null
      }
    },
    details: factsOf(objection)
  })

export const tooManyQuestions = (objection: PolicyObjection, most: number, cheaper: Command): Refusal =>
  new Refusal({
    code: "APPROVAL_REQUIRED",
    message: `${sentenceOf(objection)}; nothing was spent, and ${most} requests of this agent wait for the owner already, so no other was put`,
    recovery: { suggestedCommand: cheaper, docsUrl: policyDocs },
    details: factsOf(objection)
  })

/** An agent may lower what it may spend, and never raise it. */
export const raiseRequired = (
  fields: ReadonlyArray<string>,
  approval: Approval | null,
  url: string | null
): Refusal => {
  const asked = approval === null || approval.state === "denied" ? null : approval
  return new Refusal({
    code: "APPROVAL_REQUIRED",
    message:
      approval?.state === "denied"
        ? `the owner denied this raise of ${fields.join(", ")}; nothing was changed`
        : `an agent may lower what it may spend; this would raise ${fields.join(", ")}, which the owner has to approve. Nothing was changed`,
    recovery: {
      suggestedCommand: showPolicy,
      docsUrl: policyDocs,
      ...(asked === null
        ? {}
        : { approval: { id: asked.id, url, ownerCommand: approveCommand(asked.id), expiresAt: asked.expiresAt } })
    },
    details: { rule: "raise", fields, approval_state: approval?.state ?? "not_put" }
  })
}

export const tooManyNames = (most: number): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `a policy caps at most ${most} models and ${most} rails; take some away first. Nothing was changed`,
    recovery: { suggestedCommand: showPolicy, docsUrl: policyDocs }
  })

const owners: { readonly [S in PolicySource]: string } = {
  owner_file: "the owner's file spend-policy.json",
  owner: "the owner's policy",
  agent: "this agent's own policy"
}

export const sentenceOf = ({ limit, requested, rule, source, subject, used }: PolicyObjection): string => {
  const sentences: { readonly [R in PolicyRule]: string } = {
    policy_unreadable: `${owners[source]} cannot be read or is malformed, so nothing may be spent until it is mended`,
    expires_at: `${owners[source]} was good until ${subject}, so nothing may be spent until it is renewed`,
    allowed_models: `${owners[source]} does not list ${subject} among the models that may cost credits`,
    models: `${owners[source]} allows ${limit} credits for one call of ${subject}, and this one needs ${requested}`,
    rails: `${owners[source]} allows ${limit} credits a day to be bought by ${subject}; ${used} were, and this asks for ${requested}`,
    max_credits_per_call: `${owners[source]} allows ${limit} credits for one call, and this one needs ${requested}`,
    max_credits_per_day: `${owners[source]} allows ${limit} credits a day; ${used} are used, and this needs ${requested}`
  }
  return sentences[rule]
}

/** Only what the rule is about, so that the answer stays small. */
const factsOf = ({ limit, requested, rule, source, subject, used }: PolicyObjection) => ({
  rule,
  source,
  ...(limit === null ? {} : { limit_credits: limit }),
  ...(used === null ? {} : { used_credits: used }),
  requested_credits: requested,
  ...(subject === null ? {} : { subject })
})
