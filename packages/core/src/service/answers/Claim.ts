import * as Schema from "effect/Schema"
import { wire } from "../../envelope/Wire.ts"
import { type Agent, ClaimState } from "../../identity/Actor.ts"
import type { ClaimRequest } from "../../identity/ClaimRequests.ts"
import type { ClaimAsked } from "../../identity/Claims.ts"

/** Whether an agent waits for somebody to claim it, as whoami and quota say, too (contract/api.md 3.6 and 16). */
export const ClaimRequestState = Schema.Literals(["none", "requested"])
export type ClaimRequestState = typeof ClaimRequestState.Type

export const claimRequestStateOf = (latest: ClaimRequest | null): ClaimRequestState =>
  latest?.state === "requested" ? "requested" : "none"

/** contract/api.md 16, version 0.1.38. */
export const ClaimAnswer = wire({
  state: Schema.Literals(["attached", "unchanged"]),
  claimState: ClaimState,
  claimRequestState: ClaimRequestState,
  /** Masked. */
  contact: Schema.String,
  requestedAt: Schema.String
})

export const claimAnswer = ({ claimState }: Agent, { request, state }: ClaimAsked): typeof ClaimAnswer.Type => ({
  state,
  claimState,
  claimRequestState: claimRequestStateOf(request),
  contact: request.maskedContact,
  requestedAt: request.requestedAt
})
