import { assert, describe, it } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { checkLedger } from "@image-skill/core/credits/CheckLedger"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { type Answer, FailureWire, successOf } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { answers } from "@image-skill/core/service/Answers"
import type { OperationId } from "@image-skill/core/service/Operations"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryService from "./MemoryService.ts"
import { pricedOptions } from "./PricedService.ts"
import { forbidden, story } from "./ServiceStory.ts"
import { comparable, comparableAnswer, faults, leaks, type Line, transcribe } from "./Transcript.ts"

/** A service and its books, which the suite reads to see what an answer changed. */
export type Served = ServiceApi | LedgerStore | ActivityLog

export interface SuiteOptions {
  /** The priced models of the kit can run here (`pricedOptions`): the story then spends, and runs into its limits. */
  readonly priced?: boolean
  /** Who draws for the reference, where that is not the quick renderer of the kit. */
  readonly renderer?: MemoryService.TestServiceOptions["renderer"]
}

/** What the suite's service is configured with, beside what `MemoryService` has by itself. */
export const configuration = { contentRules: [forbidden], limits: { acceptTestContacts: true } }

/** The story as it was told to a service, and what its books were like afterwards. */
class Told extends Context.Service<
  Told,
  { readonly lines: ReadonlyArray<Line>; readonly brokenBooks: ReadonlyArray<unknown> }
>()("testing/service/Told") {}

/** Tells the story in a world of its own, whose time starts at zero. */
const tell = <E>(layer: Layer.Layer<Served, E>, options: { readonly priced: boolean }) =>
  Effect.gen(function* () {
    const lines = yield* transcribe(story(options))
    const { dump } = yield* LedgerStore
    const { consumed } = yield* ActivityLog
    return Told.of({ lines, brokenBooks: checkLedger(yield* dump, yield* consumed) })
  }).pipe(Effect.provide(layer), Effect.provide(TestClock.layer()))

/** The service that all others must be like: in memory, in this process. */
const reference = ({ priced = false, renderer }: SuiteOptions) =>
  Layer.unwrap(
    Effect.map(priced ? pricedOptions : Effect.succeed({}), (options) =>
      MemoryService.layer({ ...options, ...configuration, ...(renderer === undefined ? {} : { renderer }) })
    )
  )

/**
 * The contract of the public API, however it is reached. The same story must get the same answers as from the service
 * in memory, to the last field; and what no answer may do holds for every operation and every kind of id.
 *
 * `layer` makes an empty service each time that it is built, with the clock of the test.
 */
export const suite = <E>(name: string, layer: Layer.Layer<Served, E>, options: SuiteOptions = {}): void => {
  describe(`ServiceApi (${name})`, () => {
    const { priced = false } = options

    it.layer(Layer.effect(Told, tell(layer, { priced })))((it) => {
      it.effect("answers a whole story as it must", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(lines.flatMap(faults), [])
        })
      )

      it.effect("answers a whole story as the service in memory does", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          const expected = comparable((yield* tell(reference(options), { priced })).lines)
          for (const [index, line] of comparable(lines).entries()) assert.strictEqual(line, expected[index])
          assert.strictEqual(lines.length, expected.length)
        })
      )

      it.effect("answers what its schemas say, to the last field", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(lines.flatMap(misshapen), [])
        })
      )

      it.effect("gives no secret away", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(leaks(lines, [forbidden.phrase, "calm sea", "studio-bots"]), [])
        })
      )

      it.effect("has its books in order", () =>
        Effect.gen(function* () {
          const { brokenBooks } = yield* Told
          assert.deepStrictEqual(brokenBooks, [])
        })
      )
    })

    it.layer(layer)((it) => {
      it.effect("treats every token alike that is none, whatever is asked for", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const bad = yield* badTokens(mine)
          const expected = comparableAnswer(yield* (yield* ServiceApi).whoami({}))
          for (const ids of [mine, foreign, nobody]) {
            for (const { ask, operation } of yield* questions(ids, guarded)) {
              for (const [kind, token] of bad) {
                const answer = yield* ask(token)
                assert.strictEqual(unlabelled(answer), unlabelled(expected), `${operation} with ${kind}`)
              }
            }
          }
        })
      )

      it.effect("takes no notice of a token where none is needed", () =>
        Effect.gen(function* () {
          const mine = yield* tenant
          const bad = yield* badTokens(mine)
          for (const { ask, operation } of yield* questions(mine, open)) {
            const expected = comparableAnswer(yield* ask(null))
            for (const [kind, token] of [...bad, ["a good token", mine.token] as const]) {
              assert.strictEqual(comparableAnswer(yield* ask(token)), expected, `${operation} with ${kind}`)
            }
          }
        })
      )

      it.effect("cannot be asked whether somebody else has something", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const unknown = yield* questions(nobody, guarded)
          for (const [index, { ask, operation }] of (yield* questions(foreign, guarded)).entries()) {
            const answer = yield* ask(mine.token)
            const other = yield* unknown[index]?.ask(mine.token) ?? Effect.die("as many questions")
            assert.strictEqual(comparableAnswer(answer), comparableAnswer(other), `${operation} ${index}`)
          }
        })
      )

      it.effect("lets two agents use the same key, each for its own job", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const [one, two] = [yield* tenant, yield* tenant]
          const create = (token: Credentials) => service.create({ ...picture, idempotencyKey: "shared" }, token)
          const [mine, theirs] = [yield* create(one.token), yield* create(two.token)]
          const replayed = ({ envelope }: Answer) => jsonField(jsonField(envelope.data, "idempotency"), "replayed")
          assert.strictEqual(replayed(theirs), false)
          assert.notStrictEqual(idIn(mine, "job_id"), idIn(theirs, "job_id"))
          assert.strictEqual(replayed(yield* create(two.token)), true)
        })
      )

      it.effect("tells only those that they start without credits who do", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const who = { agentName: "poor", runtime: "suite" }
          const rich = { ...who, agentContact: `${(yield* tenant).key}@studio.example`, returnToken: true }
          const signups = [yield* service.signup(rich), yield* service.signup(rich)]
          for (const signup of [...signups]) {
            const token = Redacted.make(idIn(signup, "token"))
            signups.push(yield* service.signup({ ...rich, returnToken: false }, token))
            signups.push(yield* service.signup(rich, token))
          }
          const told = signups.map(({ envelope }) => [
            jsonField(jsonField(envelope.data, "quota"), "remaining_credits"),
            envelope.warnings.some((warning) => warning.includes("starts without"))
          ])
          assert.deepStrictEqual(told, [
            [50, false],
            [0, true],
            [50, false],
            [50, false],
            [0, true],
            [0, true]
          ])
        })
      )

      it.effect("changes nothing when it is read, whoever reads what", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const before = yield* state([mine, foreign])
          for (const ids of [mine, foreign, nobody]) {
            for (const { ask, operation } of yield* questions(ids, reads)) {
              for (const token of [mine.token, foreign.token, null]) {
                yield* ask(token)
                assert.deepStrictEqual(yield* state([mine, foreign]), before, operation)
              }
            }
          }
        })
      )

      it.effect.each(oddIds)("answers for the odd id $id as the service in memory does", ({ id }) =>
        Effect.gen(function* () {
          const expected = yield* askedFor(id).pipe(Effect.provide(reference(options)))
          assert.deepStrictEqual(yield* askedFor(id), expected)
        })
      )

      it.effect.each(oddTokens)("answers to $kind as to any other that is none", ({ token }) =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const answer = yield* service.whoami({}, Redacted.make(token))
          assert.strictEqual(comparableAnswer(answer), comparableAnswer(yield* service.whoami({})))
        })
      )
    })
  })
}

const strict = { onExcessProperty: "error", errors: "all" } as const

/** What an envelope has that its schema does not know, or lacks. */
const misshapen = ({ answer, operation, step }: Line): ReadonlyArray<string> => {
  const schema = answer.envelope.ok ? successOf(Schema.toEncoded(answers[operation])) : FailureWire
  return Result.match(Schema.decodeUnknownResult(schema, strict)(answer.envelope), {
    onSuccess: () => [],
    onFailure: ({ message }) => [`${step}: ${message}`]
  })
}

/** A picture that is quickly drawn. */
const picture = {
  prompt: "a red boat",
  model: "local.storyboard",
  modelParameters: { width: 256, height: 256 }
}

/** What belongs to somebody. */
interface Ids {
  readonly job: string
  readonly asset: string
  readonly usage: string
  readonly trace: string
  readonly event: string
  readonly key: string
}

interface Tenant extends Ids {
  readonly token: Credentials
  readonly organizationId: OrganizationId
}

const nobody: Ids = {
  job: "job_zzzzzzzzzzzzzzzzzzzz",
  asset: "image_zzzzzzzzzzzzzzzzzzzz",
  usage: "usage_zzzzzzzzzzzzzzzzzzzz",
  trace: "trace_00000000ffffffff",
  event: "evt_zzzzzzzzzzzzzzzzzzzz",
  key: "key-of-nobody"
}

const idIn = ({ envelope }: Answer, field: string): string => textField(envelope.data, field)

/** An agent in an organization of its own, with one picture to its name. */
const tenant = Effect.gen(function* () {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "tenant", runtime: "suite", returnToken: true })
  const token = Redacted.make(idIn(signup, "token"))
  const organizationId = OrganizationId.make(idIn(signup, "organization_id"))
  const key = `key-of-${idIn(signup, "agent_id")}`
  const created = yield* service.create({ ...picture, idempotencyKey: key }, token)
  const [event] = yield* eventsOf(organizationId)
  const assetIds = jsonField(created.envelope.data, "asset_ids")
  const found: Tenant = {
    token,
    organizationId,
    key,
    job: idIn(created, "job_id"),
    asset: Array.isArray(assetIds) && typeof assetIds[0] === "string" ? assetIds[0] : "",
    usage: idIn(created, "usage_event_id"),
    trace: idIn(created, "trace_id"),
    event: event?.id ?? ""
  }
  assert.deepStrictEqual(
    Object.entries(found).filter(([, value]) => value === ""),
    []
  )
  return found
})

const eventsOf = (organizationId: OrganizationId) =>
  Effect.flatMap(ActivityLog, (log) => log.list({ organizationId, reference: null, limit: 100, after: null }))

/** The ledger, and what the organizations of these tenants have done. */
const state = Effect.fnUntraced(function* (tenants: ReadonlyArray<Tenant>) {
  const { dump } = yield* LedgerStore
  return {
    ledger: yield* dump,
    events: yield* Effect.forEach(tenants, ({ organizationId }) => eventsOf(organizationId))
  }
})

/** One way to use an operation, for whoever has the token. */
interface Question {
  readonly operation: OperationId
  readonly ask: (credentials: Credentials) => Effect.Effect<Answer>
}

type Asked = (credentials: Credentials) => Effect.Effect<Answer>

/** How each operation can be asked about something. A new operation does not compile until it stands here. */
const asked = (service: ServiceApi["Service"], ids: Ids): { readonly [K in OperationId]: ReadonlyArray<Asked> } => ({
  healthz: [(token) => service.healthz({}, token)],
  signup: [],
  whoami: [(token) => service.whoami({}, token)],
  quota: [(token) => service.quota({}, token)],
  paymentMethods: [(token) => service.paymentMethods({}, token)],
  creditPacks: [(token) => service.creditPacks({}, token)],
  modelsList: [(token) => service.modelsList({ available: "true" }, token)],
  modelsShow: [
    (token) => service.modelsShow({ modelId: "local.storyboard" }, token),
    (token) => service.modelsShow({ modelId: ids.asset }, token)
  ],
  capabilitiesList: [(token) => service.capabilitiesList({}, token)],
  capabilitiesShow: [
    (token) => service.capabilitiesShow({ capabilityId: "is.image.generate.local-storyboard.v1" }, token),
    (token) => service.capabilitiesShow({ capabilityId: ids.job }, token)
  ],
  create: [
    // The prompt is blank, so that even with a good token nothing is made.
    (token) => service.create({ ...picture, prompt: "", idempotencyKey: ids.key }, token),
    (token) => service.create({ ...picture, references: [{ asset_id: ids.asset }] }, token),
    (token) => service.create({ ...picture, dryRun: true, references: [{ asset_id: ids.asset }] }, token)
  ],
  assetsShow: [(token) => service.assetsShow({ assetId: ids.asset }, token)],
  jobsShow: [(token) => service.jobsShow({ jobId: ids.job }, token)],
  activityList: [
    (token) => service.activityList({ subject: ids.job }, token),
    (token) => service.activityList({ subject: ids.asset }, token),
    (token) => service.activityList({ cursor: ids.event }, token),
    (token) => service.activityList({ cursor: ids.event, subject: ids.trace }, token)
  ],
  activityShow: [ids.event, ids.job, ids.asset, ids.usage, ids.trace].map(
    (reference): Asked =>
      (token) =>
        service.activityShow({ reference }, token)
  )
})

/** contract/api.md, endpoint index. */
const guarded: ReadonlyArray<OperationId> = [
  "whoami",
  "quota",
  "create",
  "assetsShow",
  "jobsShow",
  "activityList",
  "activityShow"
]

const open: ReadonlyArray<OperationId> = [
  "paymentMethods",
  "creditPacks",
  "modelsList",
  "modelsShow",
  "capabilitiesList",
  "capabilitiesShow"
]

const reads: ReadonlyArray<OperationId> = ["healthz", ...open, ...guarded]

const questions = (ids: Ids, operations: ReadonlyArray<OperationId>) =>
  Effect.map(ServiceApi, (service): ReadonlyArray<Question> => {
    const all = asked(service, ids)
    return operations.flatMap((operation) => all[operation].map((ask) => ({ operation, ask })))
  })

/** Every way not to be somebody. */
const badTokens = Effect.fnUntraced(function* (mine: Tenant) {
  const service = yield* ServiceApi
  const renamed = { agentName: "short-lived", runtime: "suite", returnToken: true }
  const rotated = Redacted.make(idIn(yield* service.signup(renamed), "token"))
  yield* service.signup(renamed, rotated)
  const good = Redacted.value(mine.token ?? Redacted.make(""))
  const kinds: ReadonlyArray<readonly [kind: string, token: Credentials]> = [
    ["no token", null],
    ["a malformed token", Redacted.make("canary")],
    ["an unknown token", Redacted.make(`isk_r_${"0".repeat(32)}`)],
    ["a token of another case", Redacted.make(good.toUpperCase())],
    ["a token that goes on", Redacted.make(`${good}x`)],
    ["a token that is cut off", Redacted.make(good.slice(0, -1))],
    ["a rotated token", rotated]
  ]
  return kinds
})

/** A refused answer without what tells which operation it was. */
const unlabelled = (answer: Answer | string): string =>
  (typeof answer === "string" ? answer : comparableAnswer(answer)).replace(/"command": "image-skill [a-z ]+"/u, "")

/** Text that a URL has its own ideas about. */
const oddIds = [
  ".",
  "..",
  "../whoami",
  "a/b",
  "a b",
  " a ",
  "a+b",
  "50%",
  "%2e%2e",
  "%zz",
  "?limit=1",
  "#",
  ";",
  "a\\b",
  "é",
  "日本",
  "😀",
  "constructor",
  "__proto__",
  "x".repeat(101),
  "é".repeat(160)
].map((id) => ({ id }))

const askedFor = Effect.fnUntraced(function* (id: string) {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "odd", runtime: "suite", returnToken: true })
  const token = Redacted.make(idIn(signup, "token"))
  const answers = {
    job: yield* service.jobsShow({ jobId: id }, token),
    asset: yield* service.assetsShow({ assetId: `image_${id}` }, token),
    model: yield* service.modelsShow({ modelId: id }),
    capability: yield* service.capabilitiesShow({ capabilityId: id }),
    event: yield* service.activityShow({ reference: id }, token),
    subject: yield* service.activityList({ subject: id }, token),
    cursor: yield* service.activityList({ cursor: id }, token)
  }
  return Struct.keys(answers).map((what) => {
    const { envelope, exitCode, status } = answers[what]
    return `${what}: ${envelope.command}, ${status}, ${exitCode}, ${textField(envelope.error, "code")}`
  })
})

/** Tokens that no HTTP header takes. */
const oddTokens = [
  { kind: "a blank token", token: " " },
  { kind: "an empty token", token: "" },
  { kind: "a token with a blank", token: "isk_r_ canary" },
  { kind: "a token of two lines", token: "isk_r_canary\r\nx-canary: 1" },
  { kind: "a token beyond ASCII", token: "isk_r_канарейка" },
  { kind: "a token with NUL", token: "isk_r_canary\0" }
]
