import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Digest } from "../envelope/Digest.ts"
import { Ids } from "../envelope/Ids.ts"
import { maskContact } from "../envelope/Redaction.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { SecretBytes } from "../envelope/SecretBytes.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { type Agent, AgentId, OrganizationId, restrictedGrants } from "./Actor.ts"
import { AgentRegister } from "./AgentRegister.ts"
import { Agents, type Session } from "./Agents.ts"
import { normalise } from "./Contact.ts"
import { ownerKey } from "./OwnerKey.ts"
import { ownerSession } from "./OwnerSession.ts"
import { authRequired, signupDocs, signupTemplate } from "./SignupCommand.ts"
import type { SignupRequest } from "./SignupRequest.ts"
import { fingerprintOf, hash, isOwners, mint, type StoredToken } from "./Token.ts"

/** Who is asking, as far as the transport can tell. */
export interface Caller {
  readonly token: Redacted.Redacted | null
  /** The address that anonymous signups are counted by; null where there is none, as in one's own process. */
  readonly network: string | null
  /** Rate limits never apply to one's own machine (decision D1.5). */
  readonly isLocal: boolean
  /** The client's own word about its version; published clients before 0.1.25 say nothing. */
  readonly clientVersion?: string
}

export interface SignedUp {
  readonly agent: Agent
  readonly token: Redacted.Redacted | null
  readonly stored: StoredToken | null
  /** The presented token was replaced; the agent and its organization are the same. */
  /** Whether this signup made the agent; a repeat found it. */
  readonly isNew: boolean
  readonly rotated: boolean
}

/** Agents and their tokens. */
export class Identity extends Context.Service<
  Identity,
  {
    /**
     * Makes a new agent in a new organization. Only the holder of the current token, repeating its name and contact,
     * gets its token rotated instead: whoever merely knows an inbox gets nothing of its owner's (decision D2.1).
     */
    signup(request: SignupRequest, caller: Caller): Effect.Effect<SignedUp, Refusal | StoreUnavailable>
    /** The agent, or the owner, behind an active token; one refusal for every other token (contract/api.md 2.1). */
    authenticate(caller: Caller): Effect.Effect<Session, Refusal | StoreUnavailable>
  }
>()("core/identity/Identity") {
  static readonly layer = Layer.effect(
    Identity,
    Effect.gen(function* () {
      const agents = yield* Agents
      const register = yield* AgentRegister
      const store = yield* Store
      const ids = yield* Ids
      const digest = yield* Digest
      const secret = yield* SecretBytes

      const session = Effect.fnUntraced(function* (token: Redacted.Redacted | null) {
        if (token === null) return Option.none<Session>()
        const found = yield* agents.findByTokenHash(yield* Effect.provideService(hash(token), Digest, digest))
        return Option.filter(found, ({ agent, token }) => token.status === "active" && agent.claimState !== "revoked")
      })

      const owner = Effect.fnUntraced(function* (token: Redacted.Redacted) {
        const found = yield* register.ownerByTokenHash(yield* Effect.provideService(hash(token), Digest, digest))
        return Option.map(
          Option.filter(found, ({ token: { status } }) => status === "active"),
          ownerSession
        )
      })

      const allowanceKey = Effect.fnUntraced(function* (contact: string | null, network: string | null) {
        return yield* digest.sha256(ownerKey(yield* agents.pepper, contact === null ? { network } : { contact }))
      })

      const newToken = Effect.gen(function* () {
        const token = yield* Effect.provideService(mint, SecretBytes, secret)
        const tokenHash = yield* Effect.provideService(hash(token), Digest, digest)
        const stored: StoredToken = {
          hash: tokenHash,
          fingerprint: fingerprintOf(tokenHash),
          status: "active",
          createdAt: DateTime.formatIso(yield* DateTime.now)
        }
        return { token, stored }
      })

      const signup = Effect.fn("Identity.signup")(function* (request: SignupRequest, caller: Caller) {
        const contact = yield* Effect.fromResult(contactOf(request))
        const key = yield* allowanceKey(contact, caller.network)
        const current = yield* session(caller.token)
        const isRepeat =
          Option.isSome(current) &&
          current.value.agent.name === request.agentName &&
          (contact === null || current.value.agent.allowanceKey === key)
        const issued = request.returnToken === true ? yield* newToken : null
        if (isRepeat) {
          const { agent, token } = current.value
          if (issued !== null) yield* agents.rotate(agent.id, token.hash, issued.stored)
          return {
            agent,
            token: issued?.token ?? null,
            stored: issued?.stored ?? null,
            isNew: false,
            rotated: issued !== null
          }
        }
        const agent: Agent = {
          id: AgentId.make(yield* ids.next("agt")),
          organizationId: OrganizationId.make(yield* ids.next("org")),
          name: request.agentName,
          runtime: request.runtime,
          maskedContact: contact === null ? null : maskContact(contact),
          allowanceKey: key,
          claimState: "unclaimed",
          grants: restrictedGrants,
          createdAt: DateTime.formatIso(yield* DateTime.now),
          discoverySource: request.discoverySource ?? null
        }
        yield* agents.insert(agent, issued?.stored ?? null)
        return { agent, token: issued?.token ?? null, stored: issued?.stored ?? null, isNew: true, rotated: false }
      }, store.transaction)

      const authenticate = Effect.fn("Identity.authenticate")(function* (caller: Caller) {
        const { token } = caller
        const found = yield* token !== null && isOwners(token) ? owner(token) : session(token)
        return yield* Option.match(found, { onNone: () => Effect.fail(authRequired()), onSome: Effect.succeed })
      })

      return Identity.of({ signup, authenticate })
    })
  )
}

/** Contact and its older name, which must agree when both are given (contract/api.md 3.5). */
const contactOf = ({ agentContact, humanEmail }: SignupRequest) => {
  const [contact, alias] = [agentContact, humanEmail].map((value) =>
    value === undefined ? null : Option.getOrNull(normalise(value))
  )
  return contact !== null && alias !== null && contact !== alias
    ? Result.fail(differentContacts())
    : Result.succeed(contact ?? alias ?? null)
}

const differentContacts = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message:
      "`agent_contact` (--agent-contact) and its older name `human_email` (--human-email) name two different inboxes; give one",
    recovery: { requiredFlags: ["--agent-contact"], suggestedCommand: signupTemplate, docsUrl: signupDocs }
  })
