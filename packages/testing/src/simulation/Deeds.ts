import { createHash } from "node:crypto"
import { Ids } from "@image-skill/core/envelope/Ids"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { bareStart } from "@image-skill/core/envelope/Start"
import { AskGuide } from "@image-skill/core/guide/AskGuide"
import { wishFor } from "@image-skill/core/guide/GuideFacts"
import { GuideState } from "@image-skill/core/guide/GuideState"
import { AuthHandoff } from "@image-skill/core/identity/AuthHandoff"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MemoryAuthConfig from "../identity/MemoryAuthConfig.ts"
import { solidPng } from "../media/Png.ts"
import { credentialsOf, exchange, known, promptOf, type Scene, serviceOf, type SimulatedAgent } from "./Agents.ts"
import { wrong } from "./HostileDeeds.ts"

type Deed = (scene: Scene, agent: SimulatedAgent) => Effect.Effect<unknown>

/** What agents do, and how often. */
const deeds: ReadonlyArray<readonly [weight: number, deed: Deed]> = [
  [24, (scene, agent) => create(scene, agent, false)],
  [4, (scene, agent) => create(scene, agent, true)],
  [8, (scene, agent) => again(scene, agent)],
  [6, (scene, agent) => edit(scene, agent)],
  [6, (scene, agent) => upload(scene, agent)],
  [7, (scene, agent) => quote(scene, agent)],
  [8, (scene, agent) => buy(scene, agent)],
  [4, (scene, agent) => feedback(scene, agent)],
  [2, (scene, agent) => guide(scene, agent)],
  [2, (scene, agent) => signup(scene, agent)],
  [18, (scene, agent) => look(scene, agent)],
  [9, (scene, agent) => cancel(scene, agent)],
  [4, (scene, agent) => remove(scene, agent)],
  [2, (scene, agent) => policy(scene, agent)],
  [16, (scene, agent) => wrong(scene, agent)]
]
const total = deeds.reduce((sum, [weight]) => sum + weight, 0)

/** Somebody does something, right or wrong. */
export const act = (scene: Scene): Effect.Effect<unknown> => {
  const { agents, dice } = scene
  const agent = dice.oneOf(agents)
  if (agent === null) return Effect.void
  if (agent.token === null) return signup(scene, agent)
  let roll = dice.below(total)
  for (const [weight, deed] of deeds) {
    if (roll < weight) return deed(scene, agent)
    roll -= weight
  }
  return Effect.void
}

/** A new identity, or another token for the one there is. */
const signup: Deed = (scene, agent) => {
  const current = agent.token
  if (current === null) agent.lives += 1
  return Effect.map(
    serviceOf(scene, agent).signup(
      {
        agentName: agent.name,
        agentContact: `${agent.name}-${agent.lives}@agents.example`,
        runtime: "simulation",
        returnToken: true
      },
      credentialsOf(agent)
    ),
    ({ envelope }) => {
      const token = textField(envelope.data, "token")
      if (token === "") return
      if (current !== null && jsonField(envelope.data, "rotated") === true) agent.oldTokens.push(current)
      agent.token = token
    }
  )
}

const nextKey = (agent: SimulatedAgent): string => {
  agent.keys += 1
  return `${agent.name}-key-${agent.keys}`
}

const models = ["fake.painter", "queue.painter", "queue.painter", "fake.mystery", "local.storyboard"] as const

const create = (scene: Scene, agent: SimulatedAgent, dryRun: boolean) => {
  const { dice } = scene
  const model = dice.oneOf(models) ?? "fake.painter"
  const request: RequestOf<"create"> = {
    model,
    prompt: promptOf(scene, model),
    ...(dice.chance(35) ? { outputCount: dice.between(1, 4) } : {}),
    ...(dice.chance(75) ? { idempotencyKey: nextKey(agent) } : {}),
    ...(dice.chance(15) ? { maxUsd: dice.pick(0.05, 0.1, 0.5, 2) } : {}),
    ...(dice.chance(60) ? { waitMs: dice.pick(0, 0, 1_000, 20_000) } : {}),
    ...(dice.chance(20) ? { visibility: "private" as const } : {}),
    ...(model === "fake.mystery" ? { acceptUnknownCost: true } : {}),
    ...(model === "local.storyboard" ? { modelParameters: { width: 256, height: 256 } } : {}),
    ...(dryRun ? { dryRun } : {})
  }
  return serviceOf(scene, agent).create(request, credentialsOf(agent))
}

/** The very same request under the same key, after an answer that was lost or left something open. */
const again: Deed = (scene, agent) => {
  const { dice } = scene
  const sent = dice.oneOf(agent.unsure.length > 0 ? agent.unsure : agent.keyed)
  return sent === null ? Effect.void : exchange(scene, agent, { ...sent, token: agent.token })
}

const edit: Deed = (scene, agent) => {
  const input = known(agent, scene.dice, "image", "asset")
  if (input === null) return create(scene, agent, false)
  const { dice } = scene
  return serviceOf(scene, agent).edit(
    {
      inputAssetId: input,
      model: "fake.retoucher",
      prompt: promptOf(scene, "fake.retoucher"),
      ...(dice.chance(75) ? { idempotencyKey: nextKey(agent) } : {}),
      ...(dice.chance(20) ? { dryRun: true } : {})
    },
    credentialsOf(agent)
  )
}

const upload: Deed = (scene, agent) => {
  const { dice } = scene
  const bytes = solidPng(8, 8, dice.below(3), 0, 0)
  return serviceOf(scene, agent).upload(
    {
      sourceKind: "local_path",
      filename: "boat.png",
      remoteOrigin: null,
      mimeType: "image/png",
      contentLength: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytesBase64: Buffer.from(bytes).toString("base64"),
      ...(dice.chance(30) ? { visibility: "private" as const } : {})
    },
    credentialsOf(agent)
  )
}

const quote: Deed = (scene, agent) => {
  const { dice } = scene
  const amount = dice.chance(20) ? { packId: "starter-500" } : { credits: dice.pick(50, 51, 90, 500) }
  const paymentMethod = dice.pick("stripe_checkout", "stripe_x402.exact.usdc")
  return serviceOf(scene, agent).creditsQuote(
    { ...amount, paymentMethod, idempotencyKey: nextKey(agent) },
    credentialsOf(agent)
  )
}

/** Buys what was quoted last, or before, mostly by the way it was quoted for; and mostly it is paid soon. */
const buy: Deed = Effect.fnUntraced(function* (scene: Scene, agent: SimulatedAgent) {
  const { dice } = scene
  if (agent.quotes.size === 0 || dice.chance(50)) yield* quote(scene, agent)
  const [quoteId, method] = [...agent.quotes].at(dice.chance(80) ? -1 : dice.below(agent.quotes.size)) ?? []
  if (quoteId === undefined) return
  const service = serviceOf(scene, agent)
  const request = { quoteId, idempotencyKey: nextKey(agent) }
  const { envelope } =
    (method === "stripe_checkout") === dice.chance(90)
      ? yield* service.creditsBuyCheckout(request, credentialsOf(agent))
      : yield* service.creditsBuyDeposit(request, credentialsOf(agent))
  const attemptId = textField(envelope.data, "payment_attempt_id")
  if (attemptId !== "" && dice.chance(70)) yield* scene.pay(attemptId)
})

const feedback: Deed = (scene, agent) => {
  const { dice, secrets } = scene
  const secret = dice.chance(60) ? ` My key is ${secrets.canary()}.` : ""
  return serviceOf(scene, agent).feedbackCreate(
    {
      title: "The answer came late",
      body: `It took a minute.${secret}`,
      ...(dice.chance(40) ? { actual: `nothing happened${secret}`, evidence: ["trace:trace_0000000000000001"] } : {})
    },
    credentialsOf(agent)
  )
}

const guide: Deed = (scene, agent) => {
  const value = credentialsOf(agent)
  return Effect.flatMap(AskGuide, ({ ask }) =>
    ask(
      {
        wish: wishFor("a red boat"),
        token: value === null ? null : { source: "config", value: Redacted.make(Redacted.value(value)) },
        runtime: "simulation"
      },
      { ...bareStart, startWith: () => bareStart }
    )
  ).pipe(
    Effect.provide(
      AskGuide.layer.pipe(
        Layer.provide(
          Layer.mergeAll(
            GuideState.layer.pipe(Layer.provide(Layer.merge(AuthHandoff.layer, RailSelection.layer))),
            MemoryAuthConfig.layer(),
            Layer.succeed(ServiceApi, serviceOf(scene, agent)),
            Layer.succeed(Ids, scene.ids)
          )
        )
      )
    )
  )
}

/** One of the questions that change nothing. */
const look: Deed = (scene, agent) => {
  const { dice } = scene
  const service = serviceOf(scene, agent)
  const token = credentialsOf(agent)
  const job = known(agent, dice, "job")
  const asset = known(agent, dice, "image", "asset")
  const payment = known(agent, dice, "payatt")
  const anything = known(agent, dice, "job", "image", "quote", "payatt", "usage", "evt", "receipt")
  const asked = [
    service.quota({}, token),
    service.whoami({}, token),
    service.paymentMethods({}, token),
    service.jobsList({}, token),
    service.assetsList({}, token),
    service.activityList({}, token),
    service.creditsStatus({}, token),
    ...(job === null ? [] : [service.jobsShow({ jobId: job }, token), service.jobsShow({ jobId: job }, token)]),
    ...(asset === null
      ? []
      : [
          service.assetsShow({ assetId: asset, thumbnail: "32" }, token),
          service.assetsShow({ assetId: asset }, token),
          service.assetsLineage({ assetId: asset }, token)
        ]),
    ...(payment === null ? [] : [service.creditsStatus({ paymentAttemptId: payment }, token)]),
    ...(anything === null
      ? []
      : [service.activityShow({ reference: anything }, token), service.activityList({ subject: anything }, token)])
  ]
  return dice.oneOf(asked) ?? Effect.void
}

const cancel: Deed = (scene, agent) => {
  const { dice } = scene
  const newest = [...(agent.ids.get("job") ?? [])].at(-1) ?? null
  const jobId = dice.chance(60) ? newest : known(agent, dice, "job")
  return jobId === null ? Effect.void : serviceOf(scene, agent).jobsCancel({ jobId }, credentialsOf(agent))
}

const remove: Deed = (scene, agent) => {
  const assetId = known(agent, scene.dice, "image", "asset")
  return assetId === null ? Effect.void : serviceOf(scene, agent).assetsDelete({ assetId }, credentialsOf(agent))
}

const policy: Deed = (scene, agent) => {
  const service = serviceOf(scene, agent)
  return scene.dice.chance(50)
    ? service.spendPolicyShow({}, credentialsOf(agent))
    : service.claimRequest({ contact: `owner-of-${agent.name}@claims.example` }, credentialsOf(agent))
}
