import { type Command, command, flag, json, type Part, quoted } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { unsaved } from "../identity/ConfigRecovery.ts"
import { formatUsd } from "../jobs/JobCommands.ts"
import type { GuideFacts, GuideWish, ModelFacts } from "./GuideFacts.ts"
import { type Cost, guardUsd, isOfProvider } from "./ModelChoice.ts"

/** The commands that a guide proposes. Whatever the caller said is carried on, so that no step forgets it. */

const given = (name: string, value: string | null): Part | null => (value === null ? null : flag(name, quoted(value)))

const countText = (count: number | null): string | null => (count === null ? null : `${count}`)

/** Everything but the prompt that the caller gave. */
const carriedWish = ({
  aspectRatio,
  cap,
  intent,
  maxUsd,
  model,
  modelParametersJson,
  outputCount,
  provider
}: GuideWish) => [
  given("model", model),
  given("provider", provider),
  given("intent", intent),
  given("max-estimated-usd-per-image", cap?.text ?? null),
  given("max-usd", maxUsd?.text ?? null),
  given("aspect-ratio", aspectRatio),
  given("output-count", countText(outputCount)),
  given("model-parameters-json", modelParametersJson)
]

export const guideAgain = (wish: GuideWish): Command =>
  command(
    "create",
    flag("guide"),
    flag("prompt", wish.prompt === "" ? placeholders.PROMPT : quoted(wish.prompt)),
    ...carriedWish(wish),
    json
  )

/** Runnable as printed: with a generated name, the detected runtime, and no contact (decision D3.3). */
export const signUpFor = ({ agentName, runtime, wish }: Pick<GuideFacts, "agentName" | "runtime" | "wish">): Command =>
  command(
    "signup",
    flag("agent"),
    flag("agent-name", quoted(agentName)),
    flag("runtime", quoted(runtime)),
    given("prompt", wish.prompt),
    ...carriedWish(wish),
    json
  )

export const signUp = (facts: GuideFacts, savesElsewhere: boolean): Command => {
  const signup = signUpFor(facts)
  return facts.configWrite?._tag === "NotWritable" && !savesElsewhere ? unsaved(signup) : signup
}

export const createLive = ({ createKey, wish }: GuideFacts, model: ModelFacts, cost: Cost): Command =>
  command("create", ...createParts(wish, model, cost), flag("idempotency-key", quoted(createKey)), json)

export const createDry = ({ wish }: GuideFacts, model: ModelFacts | null, cost: Cost): Command =>
  model === null || wish.prompt === ""
    ? command("create", flag("dry-run"), flag("prompt", placeholders.PROMPT), json)
    : command("create", flag("dry-run"), ...createParts(wish, model, cost), json)

const createParts = (wish: GuideWish, model: ModelFacts, cost: Cost) => [
  // A provider that has nothing to run would contradict the model that was chosen instead.
  given("provider", isOfProvider(model, wish) ? wish.provider : null),
  flag("model", quoted(model.id)),
  flag("prompt", quoted(wish.prompt)),
  flag("intent", quoted(wish.intent ?? "explore")),
  given("aspect-ratio", wish.aspectRatio),
  given("output-count", countText(wish.outputCount)),
  given("model-parameters-json", wish.modelParametersJson),
  flag("max-estimated-usd-per-image", quoted(wish.cap?.text ?? formatUsd(guardUsd(cost)))),
  given("max-usd", wish.maxUsd?.text ?? null)
]
