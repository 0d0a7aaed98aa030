import { contractLevel, executable, version } from "../envelope/Product.ts"
import { conductRules } from "./ConductRules.ts"
import { list, paragraph, table } from "./Markdown.ts"
import { moneyRules } from "./MoneyRules.ts"
import { type DocumentKind, type Rule, stated as statedRule } from "./Rule.ts"
import { startRules } from "./StartRules.ts"
import { actorTypes, canonicalUrls, claimStates, unclaimedMay, unclaimedMayNot } from "./Surfaces.ts"

const urls = [
  `The skill: ${canonicalUrls.skill}`,
  `All commands and flags: ${canonicalUrls.cli}; all errors: ${canonicalUrls.errors}; in brief: ${canonicalUrls.llms}`,
  `Public API of the contract: ${canonicalUrls.api}; nothing is sent there unless you name it with \`--api-base-url\``,
  "A service of your own answers the same documents at `/skill.md`, `/llms.txt`, `/cli.md` and `/errors.md`, and describes " +
    "its operations at `/openapi.json`"
]

const status = `Status: early, version ${version}, contract level ${contractLevel}.`

const words = (meanings: { readonly [word: string]: string }): ReadonlyArray<string> =>
  Object.entries(meanings).map(([word, meaning]) => `\`${word}\`: ${meaning}`)

const surfaces: Rule = {
  title: "What it is",
  texts: {
    skill: [
      paragraph(
        "Image Skill makes and edits pictures, video, audio and 3D for an AI agent and, where they cost something, lets it pay. " +
          "One command line gives identity, quota, model choice, cost, payment, jobs, owned files and proof of what happened. " +
          "Every command prints one JSON envelope on stdout (`ok`, `command`, `trace_id`, `actor`, `data`, `warnings`, " +
          `\`error\`) and ends with an exit code that means something. ${status}`
      ),
      table(
        ["Surface", "What it is"],
        [
          [`\`${executable}\``, "the command line; without configuration it runs the whole service in its own process"],
          ["embedded service", "the default target, `embedded:`; data in one folder, no account, no network"],
          ["HTTP service", "`image-skill serve`, or one that somebody runs: named by `--api-base-url`"],
          ["library", "the same operations as functions in a TypeScript program"]
        ]
      ),
      list(urls),
      paragraph("Who acts (`actor.actor_type`):"),
      list(words(actorTypes)),
      paragraph("How far an agent is trusted (`actor.claim_state`):"),
      list(words(claimStates)),
      paragraph("An unclaimed agent may:"),
      list(unclaimedMay),
      paragraph("An unclaimed agent may not:"),
      list(unclaimedMayNot)
    ],
    llms: [
      paragraph(
        `A command line (\`${executable}\`), an HTTP service and a library with one contract. ${status} The default target is the ` +
          "embedded service: no account, no key, no network."
      ),
      list([
        ...urls,
        `Actor types: ${Object.keys(actorTypes)
          .map((type) => `\`${type}\``)
          .join(", ")}; a signup makes an \`agent\`.`,
        `Claim states: ${Object.keys(claimStates)
          .map((state) => `\`${state}\``)
          .join(", ")}; a signup gives \`unclaimed\`.`,
        `An unclaimed agent may ${unclaimedMay.join("; ")}.`,
        `An unclaimed agent may not ${unclaimedMayNot.join("; ")}.`
      ])
    ]
  }
}

/**
 * Every rule of contract/documents.md but `front-matter`, which is the head of the skill itself, in the order in which a
 * document states them.
 */
export const rules = {
  "guide-first": startRules["guide-first"],
  surfaces,
  install: startRules.install,
  secrets: startRules.secrets,
  "no-credentials": moneyRules["no-credentials"],
  cost: moneyRules.cost,
  "no-downgrade": moneyRules["no-downgrade"],
  capability: conductRules.capability,
  idempotency: moneyRules.idempotency,
  "start-not-settle": moneyRules["start-not-settle"],
  "live-money": moneyRules["live-money"],
  handoff: moneyRules.handoff,
  recovery: startRules.recovery,
  retry: moneyRules.retry,
  assets: conductRules.assets,
  policy: conductRules.policy,
  escalate: conductRules.escalate,
  feedback: conductRules.feedback,
  aliases: startRules.aliases
} as const satisfies { readonly [id: string]: Rule }

export type RuleId = keyof typeof rules

export const ruleOf = (id: RuleId): Rule => rules[id]

/** A rule as it stands in a document, mark first; nothing where it is not meant for it. */
export const stated = (id: RuleId, kind: DocumentKind): ReadonlyArray<string> => statedRule(id, ruleOf(id), kind)
