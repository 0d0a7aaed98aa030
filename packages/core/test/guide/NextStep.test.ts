import { assert, describe, it } from "@effect/vitest"
import { read } from "@image-skill/core/envelope/Arguments"
import { specOf } from "@image-skill/core/envelope/CommandBook"
import { words } from "@image-skill/core/envelope/ShellWords"
import { GuideAnswer } from "@image-skill/core/guide/GuideAnswer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Asked, ask, checkout, deposit, Failure, healthy, models, quota, sketch } from "./ServiceStates.ts"

/** contract/after-0.1.24.md 4, contract/cli.md 9.8 and 9.12, written out as tables of their own. */

const down = new Failure("HOSTED_API_NON_JSON_RESPONSE", 503, 7)
const prompt = "a fox"

const sold = (rail: Schema.JsonObject, id: string, provider: string, more: Schema.JsonObject = {}) => ({
  ...rail,
  method_id: id,
  recovery: {
    quote_command: `image-skill credits quote --pack starter-500 --payment-method ${id} --json`,
    purchase_command: `image-skill credits buy --provider ${provider} --quote-id QUOTE_ID --idempotency-key KEY --json`,
    status_command: "image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID --json"
  },
  ...more
})
const card = sold(checkout, "stripe_checkout", "stripe")
const coins = sold(deposit, "stripe_x402.exact.usdc", "stripe_x402")
const rich = { ...healthy, payments: { methods: [card, coins] } }
const poor = { ...rich, quota: quota(4) }

type Row = readonly [
  stage: string,
  asked: Asked,
  command: RegExp,
  label: string,
  truths: ReadonlyArray<string>,
  handsOver: boolean
]

/** Stage, what leads there, its command, the label of it, and which of its effects are true. */
const steps: ReadonlyArray<Row> = [
  [
    "prompt_required",
    { state: rich },
    /^create --guide --prompt PROMPT --json$/u,
    "rerun_guide_with_prompt",
    ["no_spend", "requires_placeholder_substitution"],
    false
  ],
  [
    "service_unreachable",
    { wish: { prompt }, state: { ...rich, health: down } },
    /^models list --json$/u,
    "read_only_or_no_media_setup",
    ["no_spend", "copy_runnable"],
    false
  ],
  [
    "no_executable_model",
    { wish: { prompt, model: "none.such" }, state: rich },
    /^models list --json$/u,
    "read_only_or_no_media_setup",
    ["no_spend", "copy_runnable"],
    false
  ],
  [
    "auth_required",
    { wish: { prompt }, state: rich },
    /^signup --agent --agent-name "agent-\w+" --runtime "codex" --prompt "a fox" --json$/u,
    "hosted_signup_restricted_agent_identity",
    ["no_spend", "hosted_signup", "copy_runnable"],
    true
  ],
  [
    "quota_required",
    { wish: { prompt }, token: "env", state: poor },
    /^credits quote --pack starter-500 --payment-method stripe_x402\.exact\.usdc --idempotency-key quote-\S+ --json$/u,
    "payment_or_quota_action",
    ["no_spend", "payment_object", "copy_runnable"],
    true
  ],
  [
    "quota_required",
    { wish: { prompt }, token: "env", state: { ...poor, payments: down } },
    /^credits methods --json$/u,
    "payment_or_quota_action",
    ["no_spend", "copy_runnable"],
    true
  ],
  [
    "quota_required",
    { wish: { prompt }, token: "env", state: { ...rich, quota: quota(41, 0) } },
    /^credits quote /u,
    "payment_or_quota_action",
    ["no_spend", "payment_object", "copy_runnable"],
    true
  ],
  [
    "ready_to_create",
    { wish: { prompt }, token: "env", state: rich },
    /^create --model "demo.sketch-1" --prompt "a fox" --intent "explore" --max-estimated-usd-per-image "0.09" --idempotency-key "create-guide-\d+-[0-9a-f]{8}" --json$/u,
    "live_media_create_credit_debit",
    ["provider_call", "hosted_create", "credit_debit", "media_write", "copy_runnable"],
    true
  ]
]

const encoded = Schema.encodeSync(GuideAnswer)
const isTrue = (value: unknown): boolean => value === true

describe("the next command", () => {
  for (const [stage, asked, command, label, truths, handsOver] of steps) {
    it.effect(`at ${stage} is one that matches ${command.source.slice(0, 40)}, and says what it does`, () =>
      Effect.gen(function* () {
        const { actor, answer } = yield* ask(asked)
        const { next_command: line, next_command_effect: effect, ...data } = encoded(answer)
        assert.strictEqual(data.stage, stage)
        assert.match(line.replace(/^image-skill /u, ""), command)
        assert.strictEqual(effect.label, label)
        const held = Object.entries(effect).flatMap(([name, value]) => (isTrue(value) ? [name] : []))
        assert.sameMembers(held, [...truths])
        assert.deepStrictEqual(Object.keys(effect), effectKeys)
        assert.deepStrictEqual(Object.keys(data.auth_ready), authKeys)
        assert.strictEqual(data.next_command_copy_runnable, effect.copy_runnable)
        assert.strictEqual(data.auth_handoff !== null, handsOver)
        assert.strictEqual(actor === null, (asked.token ?? null) === null)
        const isReady = stage === "ready_to_create"
        assert.strictEqual(data.no_spend_next_command, isReady ? data.escape_hatches.dry_run : null)
        assert.strictEqual(data.auth_ready.next_command_requires_auth, effect.credit_debit || effect.payment_object)
      })
    )
  }

  it.effect("of somebody whose token came by a pipe says that it has to come again", () =>
    Effect.gen(function* () {
      for (const state of [rich, poor]) {
        const { answer } = yield* ask({ wish: { prompt }, token: "stdin", state })
        assert.isFalse(answer.authReady.nextCommandAuthReady)
        assert.match(answer.authHandoff?.nextCommand?.withStdin ?? "", /^printf .* --token-stdin$/u)
      }
    })
  )

  it.effect("of somebody who has to sign up saves the token elsewhere where it cannot be saved here", () =>
    Effect.gen(function* () {
      const probe = { _tag: "NotWritable", parentPath: "/home/demo/.config/image-skill", message: "EACCES" } as const
      const places = [
        ["http://127.0.0.1:9000", "IMAGE_SKILL_CONFIG_PATH", `IMAGE_SKILL_CONFIG_PATH="$PWD/.image-skill/config.json"`],
        ["embedded:", "IMAGE_SKILL_HOME", `IMAGE_SKILL_HOME="$PWD/.image-skill"`]
      ] as const
      for (const [target, variable, assignment] of places) {
        const { answer } = yield* ask({ wish: { prompt, explain: true }, state: rich, probe, target })
        const { auth_handoff: handoff, checks, ...data } = encoded(answer)
        const signup = handoff === null ? {} : { ...handoff.signup }
        const [, path = ""] = assignment.split("=")
        assert.strictEqual(data.next_command.indexOf(`${assignment} image-skill signup --agent `), 0)
        assert.notInclude(data.next_command, "--show-token")
        assert.strictEqual(data.after_next?.indexOf(`${assignment} image-skill create --guide `), 0)
        assert.deepStrictEqual(signup, {
          returns_token_once: true,
          public_cli_saves_config: true,
          store_token_in: `public_cli_config_after_setting_${variable}`,
          config_path: "/home/demo/.config/image-skill/config.json",
          config_writable: false,
          preferred_save_config: {
            config_path_env: variable,
            config_path: path.replaceAll(`"`, ""),
            command: data.next_command
          },
          recovery: checks.auth.config_write?.recovery ?? null
        })
      }
      // The raw token is the way out where the other place was tried already, and stays in the recovery before.
      const { answer: hosted } = yield* ask({ wish: { prompt, explain: true }, state: rich, probe })
      const fallback = hosted.checks.auth.configWrite?.recovery?.["fallback_command"]
      assert.match(typeof fallback === "string" ? fallback : "", /--show-token --no-save/u)
    })
  )
})

const effectKeys = [
  "label",
  "no_spend",
  "provider_call",
  "hosted_create",
  "hosted_signup",
  "payment_object",
  "credit_debit",
  "media_write",
  "estimated_credits",
  "estimated_debit_usd_per_image",
  "warning",
  "copy_runnable",
  "requires_placeholder_substitution",
  "placeholders"
]

const authKeys = [
  "ready",
  "authenticated",
  "source",
  "saved_config_path",
  "next_command_requires_auth",
  "next_command_auth_ready",
  "secret_value_included",
  "accepted_methods",
  "warning"
]

/** Rails by what they are, and which of them a guide prefers (contract/cli.md 9.12, decision D4.3). */
const agent = { id: "agent", requires_browser: false, agent_settleable: true, buyer_modes: ["agent_only"] }
const browser = { id: "browser", requires_browser: true, agent_settleable: false, buyer_modes: ["hybrid"] }
const person = { id: "person", requires_browser: null, agent_settleable: false, buyer_modes: ["human_only"] }
const started = { id: "started", requires_browser: false, agent_settleable: false, buyer_modes: ["agent_only"] }
const silent = { id: "silent", requires_browser: null, agent_settleable: true, buyer_modes: [] }
const preferences: ReadonlyArray<
  readonly [rails: ReadonlyArray<Schema.JsonObject & { id: string }>, preferred: string | null]
> = [
  [[], null],
  [[silent, started, browser, agent], "agent"],
  [[silent, started, browser], "browser"],
  [[silent, started, person], "person"],
  [[silent, started], "started"],
  [[silent], "silent"],
  [[{ ...agent, available: false }, browser], "browser"],
  [[{ ...agent, quoteable: false }, browser], "browser"],
  [[{ ...agent, purchasable: false }, browser], "browser"],
  [[{ ...agent, buyer_modes: ["human_only"] }, started], "agent"],
  [[{ ...agent, live_money: false }, browser], "browser"],
  [[{ ...agent, live_money: false }], "agent"]
]

describe("the preferred rail", () => {
  for (const [rails, preferred] of preferences) {
    it.effect(
      `of ${rails.map((rail) => JSON.stringify(Object.values(rail))).join(" ") || "none"} is ${preferred}`,
      () =>
        Effect.gen(function* () {
          const methods = rails.map(({ id, ...more }) => sold(checkout, id, "stripe", more))
          const state = { ...poor, payments: { methods } }
          const { answer } = yield* ask({ wish: { prompt, explain: true }, token: "env", state })
          const { preferredMethod, preferredMethodSummary } = answer.checks.payments
          assert.strictEqual(preferredMethod, preferred)
          assert.strictEqual(preferredMethodSummary?.methodId ?? null, preferred)
          assert.strictEqual(answer.selfFundHandoff?.preferredMethod ?? null, preferred)
          assert.strictEqual(answer.selfFundNextCommand, answer.nextCommand)
        })
    )
  }
})

/** Stories over everything a guide may meet; what must hold whatever is combined. */
const prompts = ["", "a fox", `say "hi" to $HOME, \`id\`\nand more`, "KEY PROMPT a video of rain"]
const wishes = [
  {},
  { model: "demo.sketch-1", intent: "final", cap: { text: "0.2", usd: 0.2 } },
  { operation: "edit" as const, inputs: ["a photo.jpg"] },
  { outputCount: 3 }
]
const editor = {
  ...sketch,
  id: "demo.editor",
  supports: ["edit"],
  media: { input: { images: { required: true } } }
}
const states = [
  rich,
  poor,
  { ...rich, models: models(sketch, editor) },
  { ...poor, models: models(sketch, editor), payments: { methods: [card] } },
  { ...rich, quota: quota(41, 0), payments: down },
  { ...rich, quota: new Failure("AUTH_REQUIRED", 401, 3) },
  { ...rich, models: models() },
  { ...rich, health: down }
]
const blocked = {
  _tag: "NotWritable",
  parentPath: "/home/demo/.config/image-skill",
  message: "EACCES: permission denied, mkdir '/home/demo/.config/image-skill'"
} as const
const writable = { _tag: "Writable", parentPath: "/home/demo/.config/image-skill" } as const
const everyStory: ReadonlyArray<Asked & { readonly wish: NonNullable<Asked["wish"]> }> = prompts.flatMap((said) =>
  wishes.flatMap((wish) =>
    states.flatMap((state) =>
      ([null, "env", "stdin"] as const).flatMap((token) =>
        (token === null ? [writable, blocked] : [writable]).map((probe) => ({
          wish: { ...wish, prompt: said },
          state,
          token,
          probe
        }))
      )
    )
  )
)

/** Every third, which still combines each value with each other one. */
const stories = everyStory.filter((_, index) => index % 3 === 0)

/** The words of a line after what is set and started; null where it is no command of ours. */
const understood = (line: string) => {
  const tokens = Option.getOrElse(words(line.replace(/^(?:\w+=(?:"[^"]*")? )*/u, "")), () => [""])
  const reading = tokens[0] === "image-skill" ? read(tokens.slice(1)) : null
  return reading?._tag === "Command" && reading.unknown.length === 0 ? reading : null
}

const plans = (flags: ReadonlyMap<string, unknown>): boolean => flags.has("guide") || flags.has("dry-run")

const bytes = (data: unknown, actor: unknown, warnings: unknown, own: ReadonlyArray<string>): number => {
  const frame = { ok: true, command: "image-skill create --guide", trace_id: "trace_0123456789abcdef" }
  const printed = `${JSON.stringify({ ...frame, actor, data, warnings, error: null }, null, 2)}\n`
  const bare = printed.replaceAll(/(?:IMAGE_SKILL_\w+=(?:\\"[^"]*\\")? )+image-skill/gu, "image-skill")
  return Buffer.byteLength(own.reduce((rest, text) => rest.replaceAll(text, ""), bare))
}

/** What a caller typed is not counted, as it is and as it stands in JSON. */
const ownTexts = ({
  inputs = [],
  intent,
  model,
  prompt: said = ""
}: NonNullable<Asked["wish"]>): ReadonlyArray<string> =>
  [said, JSON.stringify(said).slice(1, -1), model ?? "", intent ?? "", ...inputs].filter((text) => text.length > 3)

/** The names of `omitted` in the explained answer: the last part may be a pattern. */
const isThere = (data: unknown, [name = "", ...rest]: ReadonlyArray<string>): boolean => {
  if (typeof data !== "object" || data === null) return false
  const pattern = new RegExp(`^${name.replaceAll("*", "\\w+")}$`, "u")
  const found = Object.entries(data).filter(([key]) => pattern.test(key))
  return rest.length === 0 ? found.length > 0 : found.some(([, value]) => isThere(value, rest))
}

describe("whatever a service says and somebody wishes", () => {
  it.effect("there is one next command that parses and spends only where that is said, in at most 6 kB", () =>
    Effect.gen(function* () {
      const ids = new Set<string>()
      let longest = 0
      for (const asked of stories) {
        const { actor, answer, warnings } = yield* ask(asked)
        const size = bytes(encoded(answer), actor, warnings, ownTexts(asked.wish))
        longest = Math.max(longest, size)
        assert.isAtMost(size, 6_000, JSON.stringify([asked.wish, asked.token, asked.probe?._tag, answer.stage]))
        const where = JSON.stringify([asked.wish, asked.token, answer.stage])
        const reading = understood(answer.nextCommand)
        if (reading === null) assert.fail(`${where}: ${answer.nextCommand}`)
        ids.add(reading.name)
        const spends = specOf(reading.name).effect === "spend" && !plans(reading.flags)
        assert.strictEqual(answer.stage === "ready_to_create", spends, where)
        assert.strictEqual(answer.nextCommandEffect.mediaWrite, spends, where)
        const missing = answer.nextCommandMissingInputs
        assert.strictEqual(answer.nextCommandCopyRunnable, missing.length === 0)
        assert.strictEqual(answer.nextCommandEffect.placeholders.length, missing.length)
        for (const line of [answer.afterNext, ...Object.values(answer.escapeHatches)]) {
          if (line !== null) assert.isNotNull(understood(line), `${where}: ${line}`)
        }
        const safe = answer.noSpendNextCommand
        assert.strictEqual(safe !== null, spends, where)
        if (safe !== null) assert.isTrue(understood(safe)?.flags.has("dry-run"), safe)
      }
      assert.isAtLeast(longest, 5_500, "something came near")
      assert.includeMembers([...ids], ["create", "edit", "signup", "credits quote", "credits methods", "models list"])
    })
  )

  it.effect("an explained answer says the same and everything that a short one left out", () =>
    Effect.gen(function* () {
      for (const asked of stories.filter((_, index) => index % 4 === 0)) {
        const { answer } = yield* ask(asked)
        const { answer: explained } = yield* ask({ ...asked, wish: { ...asked.wish, explain: true } })
        const whole = encoded(explained)
        assert.strictEqual(whole.next_command, answer.nextCommand)
        assert.notProperty(whole, "omitted")
        for (const field of answer.omitted?.fields ?? [""]) assert.isTrue(isThere(whole, field.split(".")), field)
        const again = understood(answer.omitted?.command ?? "")
        assert.includeMembers([...(again?.flags.keys() ?? [])], ["explain", "guide"])
        assert.property(whole, "guide_recovery")
        const { read_command: reads = "", ...skill } = whole.agent_skill ?? {}
        assert.strictEqual(reads, "image-skill help --json")
        for (const [name, line] of Object.entries(skill)) {
          if (name.endsWith("_command")) assert.isNotNull(understood(String(line)), name)
        }
        assert.strictEqual(whole.no_spend_evaluation?.stop_here, whole.stage === "ready_to_create")
      }
    })
  )
})
