import * as Schema from "effect/Schema"
import { command, flag, json, positional, quoted } from "../envelope/CommandLine.ts"
import { deployment, docsUrl } from "../envelope/Product.ts"
import { lineOf, type Start } from "../envelope/Start.ts"
import { wire } from "../envelope/Wire.ts"
import { defaultModelAlias } from "../models/ModelAliases.ts"

/** Where an agent that found only this program learns the rest (contract/after-0.1.24.md 2). Every command runs as printed. */
export const AgentSkill = wire({
  url: Schema.String,
  llmsUrl: Schema.String,
  cliDocsUrl: Schema.String,
  readCommand: Schema.String,
  recommendedStartCommand: Schema.String,
  modelDiscoveryCommand: Schema.String,
  modelInspectionCommand: Schema.String,
  noSpend: Schema.Literal(true),
  purpose: Schema.String
})
export type AgentSkill = typeof AgentSkill.Type

export const agentSkill = (start: Start): AgentSkill => ({
  url: `${deployment.docsBase}/skill.md`,
  llmsUrl: `${deployment.docsBase}/llms.txt`,
  cliDocsUrl: docsUrl(),
  readCommand: lineOf(command("help", json), start),
  recommendedStartCommand: lineOf(command("create", flag("guide"), json), start),
  modelDiscoveryCommand: lineOf(command("models list", json), start),
  modelInspectionCommand: lineOf(command("models show", positional(quoted(defaultModelAlias)), json), start),
  noSpend: true,
  purpose: "what an agent should know before it makes media or pays for it; none of these commands spends anything"
})
