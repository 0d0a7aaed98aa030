import { type Command, command, flag, json, type Part, placeholder, quoted } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"
import { unsaved } from "../identity/ConfigRecovery.ts"
import { formatUsd } from "../jobs/JobCommands.ts"
import type { GuideFacts, GuideWish } from "./GuideFacts.ts"
import { isOfProvider, type ModelChoice } from "./ModelChoice.ts"
import { guardUsd } from "./ModelCost.ts"

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

/** The pictures to work on. */
const carriedInputs = ({ inputs }: GuideWish): ReadonlyArray<Part> =>
  inputs.map((input) => flag("input", quoted(input)))

const guideLine = (wish: GuideWish, prompt: Part | null, ...more: ReadonlyArray<Part>): Command =>
  command(wish.operation, flag("guide"), ...carriedInputs(wish), prompt, ...carriedWish(wish), ...more, json)

const saidPrompt = ({ prompt }: GuideWish): Part | null => (prompt === "" ? null : flag("prompt", quoted(prompt)))

/** The same guide, with a place for the prompt where there is none. */
export const guideWithPrompt = (wish: GuideWish): Command =>
  guideLine(wish, saidPrompt(wish) ?? flag("prompt", placeholderFor(wish)))

const placeholderFor = ({ operation }: GuideWish) => (operation === "edit" ? placeholders.CHANGE : placeholders.PROMPT)

/** The guide once more, with what was said and no more: a model that takes no prompt needs none. */
export const guideRerun = (wish: GuideWish): Command => guideLine(wish, saidPrompt(wish))

/** Where a signup leads: whoever made it may have said nothing yet of what to make. */
export const guideAgain = (wish: GuideWish): Command =>
  wish.operation === "edit" ? guideRerun(wish) : guideWithPrompt(wish)

/** The same guide with what short answers leave out. */
export const guideExplained = (wish: GuideWish): Command => guideLine(wish, saidPrompt(wish), flag("explain"))

/** Runnable as printed: with a generated name, the detected runtime, and no contact (decision D3.3). */
export const signUpFor = ({ agentName, runtime, wish }: Pick<GuideFacts, "agentName" | "runtime" | "wish">): Command =>
  command(
    "signup",
    flag("agent"),
    flag("agent-name", quoted(agentName)),
    flag("runtime", quoted(runtime)),
    ...wish.inputs.map((input) => flag("edit-input", quoted(input))),
    wish.prompt === "" ? null : given("prompt", wish.prompt),
    ...carriedWish(wish),
    json
  )

/** The same without saving: the token is shown once instead. */
export const signUpUnsaved = (facts: GuideFacts): Command => unsaved(signUpFor(facts))

/** The create or edit that spends; its key makes it one job, however often it is run. */
export const makeLive = ({ mediaKey, wish }: GuideFacts, choice: ModelChoice): Command =>
  command(choice.operation, ...mediaParts(wish, choice), flag("idempotency-key", quoted(mediaKey)), json)

/** The same as a plan: validated and priced, nothing spent. */
export const makeDry = (wish: GuideWish, choice: ModelChoice | null): Command => {
  if (choice !== null && (wish.prompt !== "" || !choice.model.takesPrompt))
    return command(choice.operation, flag("dry-run"), ...mediaParts(wish, choice), json)
  return wish.operation === "create"
    ? command("create", flag("dry-run"), flag("prompt", placeholderFor(wish)), json)
    : command("edit", flag("dry-run"), ...inputParts(wish), flag("prompt", placeholderFor(wish)), json)
}

const inputPicture = placeholder("image_...", "the picture to work on: an asset id, a path or a URL", "photo.jpg")

const inputParts = (wish: GuideWish): ReadonlyArray<Part> =>
  wish.inputs.length === 0 ? [flag("input", inputPicture)] : carriedInputs(wish)

const mediaParts = (wish: GuideWish, choice: ModelChoice) => [
  ...(choice.operation === "edit" ? inputParts(wish) : []),
  // A provider that has nothing to run would contradict the model that was chosen instead.
  given("provider", isOfProvider(choice.model, wish) ? wish.provider : null),
  flag("model", quoted(choice.model.id)),
  choice.model.takesPrompt ? flag("prompt", quoted(wish.prompt)) : null,
  flag("intent", quoted(wish.intent ?? "explore")),
  given("aspect-ratio", choice.aspectRatio),
  given("output-count", countText(wish.outputCount)),
  given("model-parameters-json", wish.modelParametersJson),
  flag("max-estimated-usd-per-image", quoted(wish.cap?.text ?? formatUsd(guardUsd(choice.cost)))),
  given("max-usd", wish.maxUsd?.text ?? null)
]
