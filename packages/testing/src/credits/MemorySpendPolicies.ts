import { type Approval, type PolicyHolder, SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import type { SpendPolicy } from "@image-skill/core/credits/SpendPolicy"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<SpendPolicies, never, MemoryStore> = Layer.effect(
  SpendPolicies,
  Effect.map(MemoryStore, ({ cell }) => {
    const policies = cell<ReadonlyMap<string, SpendPolicy>>(new Map())
    // Newest first.
    const approvals = cell<ReadonlyArray<Approval>>([])
    return SpendPolicies.of({
      policy: (holder) => Effect.map(policies.get, (all) => Option.fromUndefinedOr(all.get(keyOf(holder)))),
      setPolicy: (holder, policy) => policies.update((all) => new Map([...all, [keyOf(holder), policy]])),
      insertApproval: (approval) =>
        approvals.modify((all) =>
          all.some(({ id }) => id === approval.id)
            ? conflict("the approval")
            : Result.succeed([undefined, [approval, ...all]])
        ),
      approval: (id) => Effect.map(approvals.get, (all) => Array.findFirst(all, (approval) => approval.id === id)),
      approvalsLike: ({ agentId, credits, fingerprint, operation }, now) =>
        Effect.map(approvals.get, (all) =>
          all
            .filter(
              (approval) =>
                approval.agentId === agentId &&
                approval.operation === operation &&
                approval.fingerprint === fingerprint &&
                approval.credits === credits &&
                approval.expiresAt > now
            )
            .slice(0, 10)
        ),
      approvals: ({ limit, organizationId, state }) =>
        Effect.map(approvals.get, (all) =>
          all
            .filter(
              (approval) =>
                (organizationId === null || approval.organizationId === organizationId) &&
                (state === null || approval.state === state)
            )
            .slice(0, limit)
        ),
      pendingOf: (agentId, now) =>
        Effect.map(
          approvals.get,
          (all) =>
            all.filter(
              (approval) => approval.agentId === agentId && approval.state === "pending" && approval.expiresAt > now
            ).length
        ),
      updateApproval: ({ decidedAt, expiresAt, id, state, usedAt, usedBy }, from) =>
        approvals.modify((all) => {
          const isThere = all.some((approval) => approval.id === id && approval.state === from)
          const next = all.map((approval) =>
            isThere && approval.id === id ? { ...approval, decidedAt, expiresAt, state, usedAt, usedBy } : approval
          )
          return Result.succeed([isThere, next])
        })
    })
  })
)

const keyOf = ({ _tag, id }: PolicyHolder): string => `${_tag}:${id}`
