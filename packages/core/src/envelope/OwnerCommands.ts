import type { CommandSpec } from "./CommandSpec.ts"

const dataDir = {
  "data-dir": { kind: "text", value: "PATH", about: "default: the folder of the embedded service" }
} as const satisfies CommandSpec["flags"]

const organization = {
  kind: "text",
  value: "ORGANIZATION_ID",
  required: true,
  about: "required: the organization"
} as const

const caps = {
  "max-credits-per-call": { kind: "count", value: "N", about: "credits that one create or edit may cost" },
  "max-credits-per-day": { kind: "count", value: "N", about: "credits that may be spent in one UTC day" },
  model: {
    kind: "text",
    value: "MODEL_ID=N",
    about: "credits that one call of this model may cost",
    repeatable: true
  },
  "allow-model": { kind: "text", value: "MODEL_ID", about: "only models named so may cost credits", repeatable: true },
  rail: {
    kind: "text",
    value: "METHOD_ID=N",
    about: "credits that may be bought on this rail in one UTC day; 0 forbids it",
    repeatable: true
  },
  "expires-at": { kind: "text", value: "INSTANT", about: "after this nothing may be spent, e.g. 2026-12-31T00:00:00Z" },
  remove: {
    kind: "text",
    value: "FIELD",
    values: ["max_credits_per_call", "max_credits_per_day", "models", "allowed_models", "rails", "expires_at"],
    about: "take a cap away",
    repeatable: true
  }
} as const satisfies CommandSpec["flags"]

const operator = { auth: "none", positionals: [] } as const

/**
 * What owners and operators do (decisions D2.4, D4a.6). The commands of `admin` work on the data folder of a service,
 * never over HTTP.
 */
export const ownerCommands = {
  "spend-policy show": {
    flags: {},
    positionals: [],
    about: "Show what may be spent, by whose word, and what of the day is used",
    effect: "read",
    auth: "required",
    examples: ["spend-policy show"]
  },
  "spend-policy set": {
    flags: caps,
    positionals: [],
    about: "Set what may be spent: an owner's token anything, an agent's only less",
    effect: "write",
    auth: "required",
    examples: ["spend-policy set --max-credits-per-call 20 --max-credits-per-day 200"]
  },
  "admin agents": {
    ...operator,
    flags: {
      organization: { kind: "text", value: "ORGANIZATION_ID", about: "only agents of this organization" },
      limit: { kind: "number", value: "N", default: "20", about: "1 to 100; default 20" },
      cursor: { kind: "text", value: "AGENT_ID", about: "go on after this agent, from next_cursor" },
      ...dataDir
    },
    about: "List agents, their organizations and who wants to be claimed",
    effect: "read",
    examples: ["admin agents"]
  },
  "admin revoke": {
    ...operator,
    flags: {
      agent: { kind: "text", value: "AGENT_ID", about: "the agent, with all its tokens" },
      fingerprint: { kind: "text", value: "FINGERPRINT", about: "one token, of an agent or an owner" },
      ...dataDir
    },
    about: "Revoke an agent or one token; what runs ends, nothing new begins",
    effect: "write",
    examples: ["admin revoke --agent agt_3n7v0c5x9m2q8k4t1r6w", "admin revoke --fingerprint a91c04"]
  },
  "admin claim": {
    ...operator,
    flags: { agent: { kind: "text", value: "AGENT_ID", required: true, about: "required: the agent" }, ...dataDir },
    about: "Attach a person to an agent: it is claimed and has every grant",
    effect: "approve",
    examples: ["admin claim --agent agt_3n7v0c5x9m2q8k4t1r6w"]
  },
  "admin grant": {
    ...operator,
    flags: {
      agent: { kind: "text", value: "AGENT_ID", required: true, about: "required: the agent" },
      give: { kind: "text", value: "GRANT", about: "a grant it gets, e.g. credits.purchase", repeatable: true },
      take: { kind: "text", value: "GRANT", about: "a grant it loses", repeatable: true },
      ...dataDir
    },
    about: "Give grants to an agent, or take them away",
    effect: "approve",
    examples: ["admin grant --agent agt_3n7v0c5x9m2q8k4t1r6w --take credits.purchase"]
  },
  "admin reversals": {
    ...operator,
    flags: {
      resolve: { kind: "text", value: "ID", about: "the case that was dealt with" },
      as: {
        kind: "text",
        value: "RESOLUTION",
        values: ["refunded", "written_off", "accepted"],
        about: "what was done: refunded, written_off or accepted"
      },
      note: { kind: "text", value: "TEXT", about: "for whoever looks later; no secrets" },
      ...dataDir
    },
    about: "List payments and reversals that a person has to look at, or note what was done about one",
    effect: "write",
    examples: ["admin reversals", "admin reversals --resolve payatt_3n7v0c5x9m2q8k4t1r6w --as refunded"]
  },
  "admin freeze": {
    ...operator,
    flags: { organization, off: { kind: "switch", about: "let it go on" }, ...dataDir },
    about: "Freeze an organization: it may read, and nothing else",
    effect: "write",
    examples: ["admin freeze --organization org_3n7v0c5x9m2q8k4t1r6w"]
  },
  "admin owner-token": {
    ...operator,
    flags: { organization, ...dataDir },
    about: "Make a token for the owner of an organization; shown once",
    effect: "approve",
    examples: ["admin owner-token --organization org_3n7v0c5x9m2q8k4t1r6w"]
  },
  "admin policy": {
    ...operator,
    flags: { organization, ...caps, ...dataDir },
    about: "Show or set what an organization may spend, as its owner",
    effect: "approve",
    examples: ["admin policy --organization org_3n7v0c5x9m2q8k4t1r6w --max-credits-per-day 200"]
  },
  "admin approve": {
    ...operator,
    flags: {
      id: { kind: "text", value: "APPROVAL_ID", about: "the request; without it those that wait are listed" },
      deny: { kind: "switch", about: "say no" },
      ...dataDir
    },
    about: "List requests that wait for the owner, approve or deny one",
    effect: "approve",
    examples: ["admin approve", "admin approve --id appr_3n7v0c5x9m2q8k4t1r6w7z2y4c"]
  }
} as const satisfies { readonly [name: string]: CommandSpec }
