import * as Struct from "effect/Struct"
import { type ActivityType, activityTypes } from "../activity/ActivityEvent.ts"
import { contractLevel, variables, version } from "../envelope/Product.ts"
import { fake, stripeCheckout, stripeDeposit } from "../payments/KnownRails.ts"
import type { Rail } from "../payments/Rail.ts"
import { operationIds, operationOf } from "../service/Operations.ts"
import { aliases } from "./Aliases.ts"
import { commandEntries, commandTable, commonExits, globalFlagTable } from "./CommandReference.ts"
import { anchored, type Block, code, codes, file, heading, list, paragraph, table } from "./Markdown.ts"
import { type RuleId, ruleOf, rules, stated } from "./Rules.ts"
import { actorTypes, authentication, claimStates, effects, exitCodes, grants, outcomes } from "./Surfaces.ts"
import { variableMeanings } from "./Variables.ts"

/** Rules that have a place of their own in this document. */
const placed = new Set<RuleId>(["guide-first", "install", "aliases"])

const meanings = (words: { readonly [word: string]: string }): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(words).map(([word, meaning]) => [code(word), meaning])

/** `cli.md`: every command and flag, every closed set, and the rules, to look things up in. */
export const cliDocument = (): string =>
  file([
    heading(1, "The command line"),
    paragraph(
      `Version ${version}, contract level ${contractLevel}. Every command prints exactly one JSON envelope on stdout and ends ` +
        "with an exit code; stderr is for people. A capital word in a command stands for a value of yours."
    ),
    heading(2, ruleOf("guide-first").title),
    ...stated("guide-first", "cli"),
    anchored(2, "Local config and install", ["local-config-and-install", "install"]),
    ...stated("install", "cli"),
    ...configuration,
    heading(2, "Rules"),
    ...Struct.keys(rules)
      .filter((id) => !placed.has(id))
      .flatMap((id) => {
        const blocks = stated(id, "cli")
        return blocks.length === 0 ? [] : [heading(3, ruleOf(id).title), ...blocks]
      }),
    heading(2, "All commands"),
    list(Object.entries(effects).map(([effect, meaning]) => `${code(effect)}: ${meaning}`)),
    commandTable(),
    anchored(2, "Flags of every command", ["global-flags"]),
    globalFlagTable(),
    anchored(2, "How commands end", ["exit-codes"]),
    table(["Exit", "Meaning"], meanings(exitCodes)),
    paragraph("Most commands may end with these; with each command stands only what it has beyond them:"),
    commonExits(),
    paragraph("[errors.md](errors.md) has every code, with its way out. `error.outcome` is one of these:"),
    table(["Outcome", "Meaning"], meanings(outcomes)),
    ...commandEntries(),
    ...registries,
    anchored(2, ruleOf("aliases").title, ["aliases"]),
    ...stated("aliases", "cli"),
    table(
      ["Alias", "Use instead"],
      aliases.map(({ alias, instead }) => [code(alias), code(instead)])
    )
  ])

const configuration: ReadonlyArray<Block> = [
  paragraph(
    "The target is the first of these that is there: `--api-base-url`, the variable `IMAGE_SKILL_API_BASE_URL`, the service that " +
      "the saved token belongs to, the embedded service (`embedded:`). A token is saved for the service that issued it, in a file " +
      "of mode 0600: for the embedded service `config.json` in `IMAGE_SKILL_HOME` (else the data folder of the platform), for one " +
      "elsewhere `image-skill/config.json` in the configuration folder, and in the file of `IMAGE_SKILL_CONFIG_PATH` where that is " +
      "set."
  ),
  table(
    ["Variable", "Meaning"],
    Struct.keys(variables).map((name) => [code(variables[name]), variableMeanings[name]])
  )
]

const yesNo = (flag: boolean): string => (flag ? "yes" : "no")

const railRow = (rail: Rail): ReadonlyArray<string> => {
  const { buyerModes, latePayment, limits, liveMoney, methodId, refundPath, requiresBrowser, settlement } = rail
  return [
    code(methodId),
    yesNo(liveMoney),
    codes(buyerModes),
    requiresBrowser ? "a person, in a browser" : "an agent",
    [settlement.asset, settlement.network].filter((part) => part !== null).join(" on "),
    `${limits.minCredits} to ${limits.maxCredits}`,
    `${latePayment}; refunds ${refundPath}`
  ]
}

const activity: { readonly [type in ActivityType]: string } = {
  "job.completed": "a job delivered",
  "job.planned": "a dry run of somebody with a token",
  "asset.created": "a job made an asset",
  "asset.uploaded": "an upload became an asset",
  "usage.credit_consumed": "a job was debited, possibly with 0 credits",
  "feedback.created": "feedback was stored",
  "feedback.github_queue.processed": "feedback was handed to the queue of the operator",
  "payment.checkout_session.created": "a hosted checkout page was opened",
  "credits.payment_backed_granted": "paid credits were granted",
  "credits.payment_backed_refunded": "a refund took credits back",
  "credits.payment_backed_disputed": "a dispute took credits back",
  "credits.payment_backed_reinstated": "a dispute was won, and its credits came back",
  "credits.payment_backed_reversal_pending": "a refund or dispute could not be matched yet",
  "credits.payment_backed_reversal_rejected": "a refund or dispute was found not to concern any grant"
}

/** The closed sets of the contract, with what their words mean. */
const registries: ReadonlyArray<Block> = [
  anchored(2, "Identity", ["identity"]),
  table(["Token", "Meaning"], meanings(authentication)),
  table(["Actor type", "Meaning"], meanings(actorTypes)),
  table(["Claim state", "Meaning"], meanings(claimStates)),
  paragraph("A grant lets a token use these; a signup gives all of them, and an operator may take some away."),
  table(["Grant", "For"], meanings(grants)),
  anchored(2, "Rails", ["rails"]),
  paragraph(
    "What is true of each rail wherever it is configured. Whether it is there, and whether an agent can settle it now, says " +
      "`credits methods`."
  ),
  table(
    ["Method", "Live money", "Buyer modes", "Finished by", "Paid in", "Credits", "Late payments"],
    [stripeCheckout, stripeDeposit, fake].map(railRow)
  ),
  anchored(2, "Activity", ["activity-types"]),
  paragraph("Nothing else is ever written. Report any other type as a fault."),
  table(
    ["Type", "Subject", "Meaning"],
    Struct.keys(activityTypes).map((type) => [code(type), activityTypes[type].subject, activity[type]])
  ),
  anchored(2, "The same over HTTP", ["http"]),
  paragraph("`GET /openapi.json` of a service describes requests and answers. `schema` shows them offline."),
  table(
    ["Request", "Like the command", "Effect", "Token", "Grant"],
    operationIds.map((id) => {
      const { auth, effect, grant, label, method, path } = operationOf(id)
      return [code(`${method} ${path}`), label.replace(/^image-skill /u, ""), effect, auth, grant ?? ""]
    })
  )
]
