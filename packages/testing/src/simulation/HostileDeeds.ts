import { isJsonObject, textField } from "@image-skill/core/envelope/JsonFields"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { known, promptOf, raw, type Scene, type SimulatedAgent } from "./Agents.ts"

/** Somebody tries what is not theirs, or what makes no sense. */
export const wrong = (scene: Scene, agent: SimulatedAgent): Effect.Effect<unknown> => {
  const roll = scene.dice.below(100)
  if (roll < 35) return foreign(scene, agent)
  if (roll < 45) return forged(scene, agent)
  if (roll < 78) return replayed(scene, agent)
  return roll < 90 ? odd(scene, agent) : misplaced(scene, agent)
}

/** By the ids of somebody else. */
const foreign = (scene: Scene, agent: SimulatedAgent) => {
  const { agents, dice } = scene
  const victim = dice.oneOf(agents.filter((other) => other !== agent))
  if (victim === null) return Effect.void
  const idempotency_key = `${agent.name}-stolen-${dice.below(1_000)}`
  const about = {
    job: known(victim, dice, "job"),
    asset: known(victim, dice, "image", "asset", "thumb"),
    quote: known(victim, dice, "quote"),
    attempt: known(victim, dice, "payatt"),
    anything: known(victim, dice, "job", "image", "quote", "payatt", "receipt", "usage", "evt", "credit_event")
  }
  const { anything, asset, attempt, job, quote } = about
  const tries = [
    ...(job === null
      ? []
      : [raw(scene, agent, "jobsShow", { job_id: job }), raw(scene, agent, "jobsCancel", { job_id: job })]),
    ...(asset === null
      ? []
      : [
          raw(scene, agent, "assetsShow", { asset_id: asset, thumbnail: "32" }),
          raw(scene, agent, "assetsShow", { asset_id: asset }),
          raw(scene, agent, "assetsDelete", { asset_id: asset }),
          raw(scene, agent, "assetsLineage", { asset_id: asset }),
          raw(scene, agent, "edit", { input_asset_id: asset, model: "fake.retoucher", prompt: "mine", idempotency_key })
        ]),
    ...(quote === null
      ? []
      : [
          raw(scene, agent, "creditsBuyCheckout", { quote_id: quote, idempotency_key }),
          raw(scene, agent, "creditsBuyDeposit", { quote_id: quote, idempotency_key }),
          raw(scene, agent, "creditsStatus", { quote_id: quote })
        ]),
    ...(attempt === null ? [] : [raw(scene, agent, "creditsStatus", { payment_attempt_id: attempt })]),
    ...(anything === null ? [] : [raw(scene, agent, "activityShow", { reference: anything })])
  ]
  return dice.oneOf(tries) ?? Effect.void
}

/** By a token that is nobody's any more, or never was. */
const forged = (scene: Scene, agent: SimulatedAgent) => {
  const { dice } = scene
  const mine = agent.token ?? ""
  const token =
    dice.oneOf([
      `isk_r_${"0".repeat(32)}`,
      mine.slice(0, -1),
      `${mine}0`,
      mine.toUpperCase(),
      mine.replace("isk_r_", "isk_o_"),
      "Bearer",
      ...agent.oldTokens
    ]) ?? ""
  return dice.chance(50)
    ? raw(scene, agent, "whoami", {}, { token })
    : raw(scene, agent, "create", { prompt: "a boat", model: "fake.painter" }, { token })
}

/** A key that was used before, for something else. Once its request has failed for good, the key is free again. */
const replayed = (scene: Scene, agent: SimulatedAgent) => {
  const before = scene.dice.oneOf(agent.keyed)
  if (before === null || !isJsonObject(before.body)) return Effect.void
  const { body, operation } = before
  return raw(scene, agent, operation, { ...body, ...other(scene, agent, operation, body) }, { isHostile: false })
}

const other = (
  scene: Scene,
  agent: SimulatedAgent,
  operation: JsonOperationId,
  body: Schema.JsonObject
): Schema.JsonObject => {
  if (operation === "creditsQuote") return "pack_id" in body ? { pack_id: "another-pack" } : { credits: 77 }
  if (operation === "create" || operation === "edit") return { prompt: promptOf(scene, textField(body, "model")) }
  return { quote_id: known(agent, scene.dice, "quote") ?? "quote_00000000000000000000" }
}

const amounts = [-1, 0, 0.5, 1e308, 2 ** 53, "50", "NaN", [], {}, true, "1e3"] as const

/** Amounts that are none. */
const odd = (scene: Scene, agent: SimulatedAgent) => {
  const { dice } = scene
  const amount = dice.oneOf(amounts)
  const key = { idempotency_key: `${agent.name}-odd-${dice.below(1_000)}` }
  return dice.chance(50)
    ? raw(scene, agent, "creditsQuote", { credits: amount, payment_method: "stripe_checkout", ...key })
    : raw(scene, agent, "create", { prompt: "a boat", model: "fake.painter", output_count: amount, ...key })
}

/** Secrets where nobody asked for any. */
const misplaced = (scene: Scene, agent: SimulatedAgent) => {
  const { dice, secrets } = scene
  return dice.chance(50)
    ? raw(scene, agent, "creditsQuote", { credits: 90, stripe_secret: secrets.canary() })
    : raw(
        scene,
        agent,
        "create",
        { prompt: "a red boat", model: "fake.painter", remark: secrets.canary() },
        { isHostile: false }
      )
}
