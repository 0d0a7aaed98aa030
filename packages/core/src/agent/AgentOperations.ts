import * as Struct from "effect/Struct"
import type { CommandEffect } from "../envelope/NextAction.ts"
import { type Operation, type OperationId, operationOf } from "../service/Operations.ts"

/**
 * What an agent can do, whichever way it asks: one row for each method of the library, each MCP tool and each tool of an
 * agent framework. The words are those of the command line.
 */
export interface AgentOperation {
  /** e.g. `credits quote`: the command, and with `_` between the words the tool. */
  readonly words: string
  /** The command label of its envelopes. */
  readonly label: string
  /** What a model is told of it. Constant for a version. */
  readonly summary: string
  readonly effect: CommandEffect
  readonly auth: Operation["auth"]
  /** Takes away what nobody can bring back. */
  readonly isDestructive: boolean
  /** The operation of the service whose data it answers with; null for what is decided on this side. */
  readonly answers: OperationId | null
}

type Answering<A extends OperationId | null> = AgentOperation & { readonly answers: A }

/** One request to the service. */
const asked = <A extends OperationId>(words: string, id: A, summary = operationOf(id).summary): Answering<A> => {
  const { auth, effect, label } = operationOf(id)
  return { words, label, summary, effect, auth, isDestructive: false, answers: id }
}

interface About<A extends OperationId | null> extends Pick<AgentOperation, "summary" | "effect" | "auth"> {
  readonly answers: A
  readonly label?: string
}

/** A program of the agent: what it asks the service for, if anything, is its own affair. */
const composed = <A extends OperationId | null>(words: string, about: About<A>): Answering<A> => ({
  label: `image-skill ${words}`,
  ...about,
  words,
  isDestructive: false
})

export const agentOperations = {
  guide: composed("guide", {
    label: "image-skill create --guide",
    summary: "Start here, and come back when unsure: says the stage and the one next step",
    effect: "read",
    auth: "optional",
    answers: null
  }),
  signup: composed("signup", {
    summary: "Create this agent's restricted identity and keep its token, which is never shown",
    effect: "write",
    auth: "none",
    answers: "signup"
  }),
  whoami: asked("whoami", "whoami"),
  quota: asked("quota", "quota"),
  creditsMethods: asked("credits methods", "paymentMethods"),
  creditsPacks: asked("credits packs", "creditPacks"),
  creditsPlan: composed("credits plan", {
    summary: "Which rail to buy credits on, and why not the others. Asks for the rails only, and moves no money",
    effect: "read",
    auth: "none",
    answers: null
  }),
  creditsQuote: asked("credits quote", "creditsQuote"),
  creditsBuy: composed("credits buy", {
    summary: "Begin to pay a quote on its rail: a page for a person, or an address to which an agent pays",
    effect: "write",
    auth: "required",
    answers: "creditsBuyCheckout"
  }),
  creditsSettle: composed("credits settle", {
    summary: "Pay a begun deposit from this machine's wallet, within its owner's policy, and wait for the credits",
    effect: "spend",
    auth: "required",
    answers: "creditsStatus"
  }),
  creditsStatus: asked("credits status", "creditsStatus"),
  modelsList: asked("models list", "modelsList", "The models, short: ids, prices, whether each can run now"),
  modelsShow: asked("models show", "modelsShow", "One model: its parameters, price and limits"),
  capabilitiesList: asked("capabilities list", "capabilitiesList"),
  capabilitiesShow: asked("capabilities show", "capabilitiesShow"),
  create: asked(
    "create",
    "create",
    "Make media from a prompt. dry_run plans and prices it at no cost. Only pictures are made without a model"
  ),
  edit: asked(
    "edit",
    "edit",
    "Make media from an asset that you own, e.g. one you uploaded. dry_run plans and prices it"
  ),
  upload: composed("upload", {
    summary: "Keep a picture as an owned asset: a path of this machine, or a URL",
    effect: "write",
    auth: "required",
    answers: "upload"
  }),
  assetsList: asked("assets list", "assetsList"),
  assetsShow: asked("assets show", "assetsShow"),
  assetsGet: composed("assets get", {
    summary: "Save an owned asset as a file of this machine; its hash is verified first",
    effect: "write",
    auth: "required",
    answers: null
  }),
  assetsLineage: asked("assets lineage", "assetsLineage"),
  assetsDelete: { ...asked("assets delete", "assetsDelete"), isDestructive: true },
  jobsList: asked("jobs list", "jobsList"),
  jobsShow: asked("jobs show", "jobsShow"),
  jobsWait: composed("jobs wait", {
    summary:
      "Wait for a running job, within a limit. When the limit is reached the job goes on: wait again, never rerun it",
    effect: "read",
    auth: "required",
    answers: "jobsShow"
  }),
  jobsCancel: asked("jobs cancel", "jobsCancel"),
  activityList: asked("activity list", "activityList"),
  activityShow: asked("activity show", "activityShow"),
  feedbackCreate: asked("feedback create", "feedbackCreate"),
  claimRequest: asked("claim request", "claimRequest"),
  spendPolicyShow: asked("spend-policy show", "spendPolicyShow"),
  spendPolicySet: asked(
    "spend-policy set",
    "spendPolicySet",
    "Lower what may be spent. An agent never raises it: that answers with a link for the owner"
  )
} as const satisfies { readonly [id: string]: AgentOperation }

export type AgentOperationId = keyof typeof agentOperations

export const agentOperationIds: ReadonlyArray<AgentOperationId> = Struct.keys(agentOperations)

export const agentOperationOf = (id: AgentOperationId): AgentOperation => agentOperations[id]

/** `credits_quote`: the name of a tool. */
export const toolNameOf = (id: AgentOperationId): string => agentOperationOf(id).words.replaceAll(/[ -]/gu, "_")

/** Null for a name that is no tool of ours. */
export const agentOperationNamed = (toolName: string): AgentOperationId | null =>
  agentOperationIds.find((id) => toolNameOf(id) === toolName) ?? null
