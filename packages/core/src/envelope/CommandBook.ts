import * as Struct from "effect/Struct"
import type { Command } from "./CommandLine.ts"
import type { CommandSpec } from "./CommandSpec.ts"
import { creditCommands } from "./CreditCommands.ts"
import { feedbackCommands } from "./FeedbackCommands.ts"
import { mediaCommands, wish } from "./MediaCommands.ts"
import type { CommandEffect } from "./NextAction.ts"
import { ownerCommands } from "./OwnerCommands.ts"

/** Accepted by every command. */
export const globalFlags = {
  json: { kind: "switch", about: "JSON also at a terminal, where a page is shown otherwise" },
  "api-base-url": {
    kind: "text",
    value: "URL",
    about: "the service to talk to for this run; embedded: is the one inside this program"
  },
  token: {
    kind: "text",
    value: "TOKEN",
    about: "bearer token for this run; prefer --token-stdin or IMAGE_SKILL_TOKEN",
    secret: true
  },
  "token-stdin": { kind: "switch", about: "read the bearer token from standard input" },
  fields: { kind: "text", value: "PATHS", about: "only these fields of data, comma-separated, e.g. job_id,assets.url" },
  explain: { kind: "switch", about: "also what short answers leave out" },
  stream: { kind: "switch", about: "one JSON line for each event, the envelope as the last of them" },
  input: {
    kind: "text",
    value: "-|@FILE",
    about: "the request as JSON, as HTTP takes it, from standard input or a file; schema COMMAND shows its fields"
  },
  "no-spend": { kind: "switch", about: "refuse whatever could cost credits or move money" },
  help: { kind: "switch", about: "explain the command and do nothing else" }
} as const satisfies CommandSpec["flags"]

const none = { flags: {}, positionals: [] } as const

const modelFilters = {
  available: { kind: "switch", about: "only models that can run now" },
  executable: { kind: "switch", about: "only wired models, whether or not they can run now" },
  "catalog-only": { kind: "switch", about: "only models that are listed but not wired" },
  operation: { kind: "text", value: "OPERATION", about: "e.g. image.generate" },
  provider: { kind: "text", value: "PROVIDER", about: "provider id, e.g. local" },
  modality: {
    kind: "text",
    value: "MODALITY",
    values: ["image", "video", "audio", "3d"],
    about: "image, video, audio or 3d"
  },
  query: { kind: "text", value: "TEXT", about: "only models that hold every one of these words, the best first" },
  limit: { kind: "number", value: "N", about: "1 to 100; default: all" },
  cursor: { kind: "text", value: "MODEL_ID", about: "go on after this model, from next_cursor" },
  details: { kind: "switch", about: "whole rows, as models show gives them" },
  summary: { kind: "switch", about: "short rows; the default" }
} as const satisfies CommandSpec["flags"]

/**
 * The command tree as data: the names, flags and effects of every command this version has (contract/cli.md 6).
 *
 * It is the single declaration from which the command line builds its flags and its help, and against which every
 * command string, ours or a service's, is checked before it is shown to anybody.
 */
export const commandBook = {
  help: { ...none, about: "List the commands", effect: "read", auth: "none", examples: ["help"] },
  version: { ...none, about: "Print the version", effect: "read", auth: "none", examples: ["version"] },
  doctor: {
    ...none,
    flags: {
      ledger: { kind: "switch", about: "also prove the ledger of the embedded service, posting by posting" },
      "sweep-in-flight": { kind: "switch", about: "delete the notes of live calls that are older than a day" }
    },
    about: "Check the service, the configuration and this machine",
    effect: "read",
    auth: "none",
    examples: ["doctor"]
  },
  trust: {
    ...none,
    about: "Say what can be verified of this program and its service, without a token",
    effect: "read",
    auth: "none",
    examples: ["trust"]
  },
  signup: {
    about: "Create a restricted agent identity and keep its token",
    effect: "write",
    auth: "none",
    positionals: [],
    flags: {
      agent: { kind: "switch", required: true, about: "required: the identity is for an agent" },
      "agent-name": { kind: "text", value: "NAME", required: true, about: "required: what this agent is called" },
      runtime: { kind: "text", value: "RUNTIME", required: true, about: "required: the program the agent runs in" },
      "agent-contact": {
        kind: "text",
        value: "INBOX",
        about: "a durable inbox of the agent, its operator, team or sponsor",
        secret: true
      },
      "discovery-source": {
        kind: "text",
        value: "SLUG",
        about: "which channel brought you here; default IMAGE_SKILL_DISCOVERY_SOURCE"
      },
      "human-email": { kind: "text", value: "INBOX", about: "older name of --agent-contact", secret: true },
      "show-token": { kind: "switch", about: "put the raw token into the answer, once" },
      "no-save": { kind: "switch", about: "do not save the token" },
      save: { kind: "switch", about: "save the token; the default" },
      "edit-input": {
        kind: "text",
        value: "ASSET_ID_OR_PATH_OR_URL",
        about: "a picture to edit afterwards: leads to edit --guide",
        repeatable: true
      },
      ...wish
    },
    examples: ["signup --agent --agent-name painter --runtime my-runtime"]
  },
  "auth status": {
    ...none,
    about: "Say which token is used and whose it is",
    effect: "read",
    auth: "optional",
    examples: ["auth status"]
  },
  "auth save": {
    ...none,
    about: "Save the token given by stdin, flag or environment",
    effect: "write",
    auth: "none",
    examples: ["auth save --token-stdin"]
  },
  "auth logout": {
    ...none,
    about: "Delete the saved token from this machine",
    effect: "write",
    auth: "none",
    examples: ["auth logout"]
  },
  whoami: {
    ...none,
    about: "Show the identity behind the token",
    effect: "read",
    auth: "required",
    examples: ["whoami"]
  },
  "usage quota": {
    ...none,
    about: "Show credits, reservations and the daily job cap",
    effect: "read",
    auth: "required",
    examples: ["usage quota"]
  },
  quota: { ...none, about: "Short for usage quota", effect: "read", auth: "required", examples: ["quota"] },
  ...creditCommands,
  "models list": {
    ...none,
    flags: modelFilters,
    about: "List models",
    effect: "read",
    auth: "none",
    examples: ["models list --available", "models list --query upscale"]
  },
  "models show": {
    flags: {},
    positionals: ["MODEL_ID"],
    about: "Show one model: parameters, price, limits",
    effect: "read",
    auth: "none",
    examples: ["models show local.storyboard"]
  },
  "capabilities list": {
    ...none,
    flags: {
      limit: { kind: "number", value: "N", about: "1 to 100; default: all" },
      cursor: { kind: "text", value: "CAPABILITY_ID", about: "go on after this capability, from next_cursor" }
    },
    about: "List capabilities, the schema side of the models",
    effect: "read",
    auth: "none",
    examples: ["capabilities list --limit 5"]
  },
  "capabilities show": {
    flags: {},
    positionals: ["CAPABILITY_ID"],
    about: "Show one capability",
    effect: "read",
    auth: "none",
    examples: ["capabilities show is.image.generate.local-storyboard.v1"]
  },
  ...mediaCommands,
  ...feedbackCommands,
  ...ownerCommands,
  "activity list": {
    flags: {
      limit: { kind: "number", value: "N", default: "20", about: "1 to 100; default 20" },
      subject: { kind: "text", value: "REF", about: "only events of this job, asset, usage or trace" },
      cursor: { kind: "text", value: "EVENT", about: "go on after this event, from next_cursor" }
    },
    positionals: [],
    about: "List what happened in this organization, newest first",
    effect: "read",
    auth: "required",
    examples: ["activity list --limit 5"]
  },
  "activity show": {
    flags: { reference: { kind: "text", value: "REF", about: "the event, job, asset, usage or trace" } },
    positionals: ["REF"],
    about: "Show one event, or the events of one subject",
    effect: "read",
    auth: "required",
    examples: ["activity show job_3n7v0c5x9m2q8k4t1r6w"]
  },
  serve: {
    about: "Run the service over HTTP on this machine's data",
    effect: "write",
    auth: "none",
    positionals: [],
    flags: {
      host: { kind: "text", value: "HOST", default: "127.0.0.1", about: "default 127.0.0.1" },
      port: { kind: "number", value: "PORT", default: "8787", about: "default 8787; 0 picks a free one" },
      "data-dir": { kind: "text", value: "PATH", about: "default: the folder of the embedded service" },
      limits: { kind: "text", value: "FILE", about: "JSON with allowances and rate limits; default: the contract's" },
      "public-api-url": { kind: "text", value: "URL", about: "the API origin as clients see it" },
      "public-media-url": { kind: "text", value: "URL", about: "the media origin as clients see it" }
    },
    examples: ["serve --port 8787"]
  },
  conformance: {
    about: "Judge a service by the contract, rule by rule",
    effect: "write",
    auth: "optional",
    positionals: [],
    flags: {
      only: {
        kind: "text",
        value: "NAMES",
        about: "only these rules and chapters, comma-separated, e.g. auth,A5.3-replay",
        repeatable: true
      },
      list: { kind: "switch", about: "list the rules and ask nobody; with --explain each of them" },
      spend: { kind: "switch", about: "also try what costs credits there" },
      report: { kind: "text", value: "FILE", about: "write what became of every rule to this file, as JSON" },
      overwrite: { kind: "switch", about: "replace a report that is there" }
    },
    examples: [
      "conformance --api-base-url http://127.0.0.1:8787",
      "conformance --list",
      "conformance --api-base-url http://127.0.0.1:8787 --only auth,quotes --explain"
    ]
  },
  mcp: {
    about: "Give an MCP client the agent's tools, over standard input and output or HTTP",
    effect: "write",
    auth: "optional",
    positionals: [],
    flags: {
      allow: { kind: "text", value: "TOOLS", about: "only these tools, comma-separated, e.g. guide,create,quota" },
      "read-only": { kind: "switch", about: "only tools that change nothing" },
      ask: {
        kind: "switch",
        about: "a person allows each call that spends or deletes; refused where the client cannot ask one"
      },
      http: { kind: "switch", about: "Streamable HTTP on /mcp instead of standard input and output" },
      host: { kind: "text", value: "HOST", default: "127.0.0.1", about: "with --http; default 127.0.0.1" },
      port: { kind: "number", value: "PORT", default: "8788", about: "with --http; default 8788, 0 picks a free one" },
      "allow-remote": {
        kind: "switch",
        about: "other machines may come to --host; wants a secret in IMAGE_SKILL_MCP_SECRET"
      },
      "allow-host": {
        kind: "text",
        value: "NAME",
        about: "a host name it may be asked for, beside those of this machine",
        repeatable: true
      },
      "allow-origin": { kind: "text", value: "URL", about: "an origin whose pages may ask", repeatable: true }
    },
    examples: ["mcp", "mcp --allow guide,signup,create,assets_get --ask", "mcp --http --port 8788 --read-only"]
  },
  schema: {
    flags: { all: { kind: "switch", about: "every command whole, with its JSON Schemas; large" } },
    positionals: ["COMMAND"],
    about: "Show what commands take and answer, as JSON Schemas; works offline",
    effect: "read",
    auth: "none",
    examples: ["schema", "schema create", "schema credits quote --explain"]
  },
  completions: {
    flags: { raw: { kind: "switch", about: "the script alone, for a shell to read" } },
    positionals: ["SHELL"],
    about: "Print a script with which bash, zsh or fish complete commands, flags and values",
    effect: "read",
    auth: "none",
    examples: ["completions bash", "completions zsh --raw"]
  }
} as const satisfies { readonly [name: string]: CommandSpec }

export type CommandName = keyof typeof commandBook

export const commandNames: ReadonlyArray<CommandName> = Struct.keys(commandBook)

export const specOf = (name: CommandName): CommandSpec => commandBook[name]

/** What running a command may do; one that only explains or plans does nothing. */
export const effectOf = ({ parts, path }: Command): CommandEffect => {
  const name = path.join(" ")
  const onlyLooks = parts.some((part) => part._tag === "Flag" && planning.has(part.name))
  return onlyLooks || !isCommandName(name) ? "read" : specOf(name).effect
}

const planning: ReadonlySet<string> = new Set(["help", "guide", "dry-run"])

const isCommandName = (name: string): name is CommandName => Object.hasOwn(commandBook, name)
