import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { at, type Case, drive, type Place, place, type Ran, signedUp, text } from "./Cli.ts"
import { budgets } from "./Contract.ts"
import { normal, transcript } from "./Normal.ts"

/** One machine of an operator, on which the steps below are run one after the other. */
let machine: Place
let agent = ""
let organization = ""
const answers = new Map<string, { readonly step: Case; readonly ran: Ran }>()

const fake = { IMAGE_SKILL_RAILS: "fake" }
const bare = { IMAGE_SKILL_COMMAND_PREFIX: "image-skill" }

/** Ids that only a run before can tell. */
const idIn = (name: string, pattern: RegExp): string => {
  const found = pattern.exec(answers.get(name)?.ran.stdout ?? "")
  assert.isNotNull(found, `${name} has no ${pattern.source}`)
  return found[1] ?? found[0]
}

const quote = (credits: number, key: string): ReadonlyArray<string> => [
  "credits",
  "quote",
  "--credits",
  `${credits}`,
  "--payment-method",
  "fake",
  "--idempotency-key",
  key
]

/** In this order; the steps of a chapter share a process and need nothing of each other's answers. */
const chapters: ReadonlyArray<() => { readonly [name: string]: ReadonlyArray<string> }> = [
  () => ({
    "admin-agents": ["admin", "agents"],
    "admin-agents.bad-limit": ["admin", "agents", "--limit", "0"],
    "admin-agents.hosted": ["admin", "agents", "--api-base-url", "https://api.example.com"],
    "admin-agents.no-data": ["admin", "agents", "--data-dir", "nowhere"],
    "admin-agents.unknown-organization": ["admin", "agents", "--organization", "org_nobody"],
    "claim-request.before-admin": ["claim", "request", "--contact", "team@studio.example"],
    "admin-agents.claim-requested": ["admin", "agents"],
    "admin-claim": ["admin", "claim", "--agent", agent],
    "admin-claim.again": ["admin", "claim", "--agent", agent],
    "admin-claim.no-agent": ["admin", "claim"],
    "admin-claim.unknown": ["admin", "claim", "--agent", "agt_nobody"],
    "admin-grant.take": ["admin", "grant", "--agent", agent, "--take", "credits.quote", "--take", "job.read"],
    "admin-grant.taken": quote(60, "taken"),
    "admin-grant.give": ["admin", "grant", "--agent", agent, "--give", "credits.quote", "--give", "job.read"],
    "admin-grant.unknown-grant": ["admin", "grant", "--agent", agent, "--give", "everything"],
    "admin-grant.none": ["admin", "grant", "--agent", agent],
    "admin-freeze": ["admin", "freeze", "--organization", organization],
    "admin-freeze.refused": ["create", "--prompt", "a red apple", "--idempotency-key", "frozen"],
    "admin-freeze.off": ["admin", "freeze", "--organization", organization, "--off"],
    "admin-reversals": ["admin", "reversals"],
    "admin-reversals.unknown": ["admin", "reversals", "--resolve", "payatt_nobody", "--as", "refunded"],
    "admin-reversals.no-resolution": ["admin", "reversals", "--resolve", "payatt_nobody"],
    "admin-policy": ["admin", "policy", "--organization", organization],
    "admin-policy.set": ["admin", "policy", "--organization", organization, "--rail", "fake=60", "--model", "fake.a=5"],
    "admin-policy.bad-cap": ["admin", "policy", "--organization", organization, "--max-credits-per-day", "0"],
    "admin-policy.huge-cap": ["admin", "policy", "--organization", organization, "--rail", "fake=9000000"],
    "admin-policy.bad-instant": ["admin", "policy", "--organization", organization, "--expires-at", "tomorrow"],
    "spend-policy-show": ["spend-policy", "show"],
    "spend-policy-show.no-token": ["spend-policy", "show", "--token-stdin"],
    "spend-policy-set": ["spend-policy", "set", "--max-credits-per-call", "20", "--rail", "fake=50"],
    "spend-policy-set.nothing": ["spend-policy", "set"],
    "spend-policy-set.negative": ["spend-policy", "set", "--max-credits-per-call", "-1"],
    "spend-policy-set.raise": ["spend-policy", "set", "--rail", "fake=70"],
    "credits-quote.over-policy": quote(55, "over"),
    "admin-approve.list": ["admin", "approve"],
    "create.no-spend": ["create", "--prompt", "a red apple", "--no-spend"],
    "credits-buy.no-spend": [
      "credits",
      "buy",
      "--provider",
      "fake",
      "--quote-id",
      "quote_1",
      "--idempotency-key",
      "k",
      "--no-spend"
    ]
  }),
  () => ({
    "admin-approve": ["admin", "approve", "--id", idIn("credits-quote.over-policy", /appr_[0-9a-z]{26}/u)],
    "admin-approve.again": ["admin", "approve", "--id", idIn("credits-quote.over-policy", /appr_[0-9a-z]{26}/u)],
    "admin-approve.decided-otherwise": [
      "admin",
      "approve",
      "--id",
      idIn("credits-quote.over-policy", /appr_[0-9a-z]{26}/u),
      "--deny"
    ],
    "admin-approve.deny": ["admin", "approve", "--id", idIn("spend-policy-set.raise", /appr_[0-9a-z]{26}/u), "--deny"],
    "admin-approve.unknown": ["admin", "approve", "--id", "appr_nobody"],
    "credits-quote.approved": quote(55, "over"),
    "spend-policy-set.denied": ["spend-policy", "set", "--rail", "fake=70"],
    "admin-revoke.fingerprint": [
      "admin",
      "revoke",
      "--fingerprint",
      idIn("admin-owner-token", /"token_fingerprint": "([0-9a-f]{6})"/u)
    ],
    "admin-revoke.unknown": ["admin", "revoke", "--fingerprint", "zzzzzz"],
    "admin-revoke.nothing": ["admin", "revoke"],
    "admin-revoke": ["admin", "revoke", "--agent", agent],
    "admin-revoke.refused": ["whoami"]
  })
]

beforeAll(async () => {
  machine = await signedUp()
  const [listed] = await drive(machine, [{ args: ["admin", "agents"] }])
  agent = text(listed?.data, "agents.0.agent_id")
  organization = text(listed?.data, "agents.0.organization_id")
  // In a process of its own, because a secret that was asked for is looked for in the words of a process.
  const step = { args: ["admin", "owner-token", "--organization", organization], env: { ...bare, ...fake } }
  answers.set("admin-owner-token", { step, ran: await machine.run(step.args, { env: step.env }) })
  for (const chapter of chapters) {
    const steps = Object.entries(chapter()).map(([name, args]) => ({ name, step: { args, env: { ...bare, ...fake } } }))
    const ran = await drive(
      machine,
      steps.map(({ step }) => step)
    )
    for (const [index, { name, step }] of steps.entries()) {
      const drove = ran[index]
      if (drove !== undefined) answers.set(name, { step, ran: drove })
    }
  }
})

const goldens = fileURLToPath(new URL("goldens-owner/", import.meta.url))

/** Ids that are shown and belong to operators only. */
const plain = (document: string): string =>
  document
    .replaceAll(/\bappr_[0-9a-hjkmnp-tv-z]{26}\b/gu, "appr_<id>")
    .replaceAll(/\b(own|payres)_[0-9a-hjkmnp-tv-z]{20}\b/gu, "$1_<id>")
    .replaceAll(/\bisk_o_[0-9A-Za-z]{32}\b/gu, "isk_o_<token>")
    .replaceAll(/(--fingerprint )[0-9a-f]{6}\b/gu, "$1<hex>")

/** Every step whose answer is compared. */
const names = `
  admin-agents admin-agents.bad-limit admin-agents.hosted admin-agents.no-data
  admin-agents.unknown-organization admin-agents.claim-requested admin-claim admin-claim.again
  admin-claim.no-agent admin-claim.unknown admin-grant.take admin-grant.taken admin-grant.give
  admin-grant.unknown-grant admin-grant.none admin-freeze admin-freeze.refused admin-freeze.off
  admin-reversals admin-reversals.unknown admin-reversals.no-resolution admin-policy
  admin-policy.set admin-policy.bad-cap admin-policy.huge-cap admin-policy.bad-instant
  spend-policy-show spend-policy-set spend-policy-set.nothing spend-policy-set.negative
  spend-policy-set.raise spend-policy-set.denied credits-quote.over-policy credits-quote.approved
  admin-approve.list admin-approve admin-approve.again admin-approve.decided-otherwise
  admin-approve.deny admin-approve.unknown admin-owner-token admin-revoke admin-revoke.fingerprint
  admin-revoke.unknown admin-revoke.nothing admin-revoke.refused create.no-spend
  credits-buy.no-spend
`
  .trim()
  .split(/\s+/u)

describe("operators and owners", () => {
  it.each(names)("%s", async (name) => {
    const { ran, step } = answers.get(name) ?? assert.fail(`${name} was not run`)
    const { error, ok } = ran.envelope
    if (!ok) {
      assert.isAtMost(Buffer.byteLength(ran.stdout), budgets.error, "an error has at most 1.6 kB")
      assert.isNotEmpty(Object.keys(at(error, "recovery") ?? {}), "every error says what to do now")
    }
    await expect(plain(transcript(machine, step.args, step.env ?? {}, ran))).toMatchFileSnapshot(
      join(goldens, `${name}.txt`)
    )
  })

  it("every file belongs to a step", () => {
    assert.sameMembers(
      readdirSync(goldens),
      names.map((name) => `${name}.txt`)
    )
  })

  it("a malformed file of the owner stops everything that costs, and says where it is", async () => {
    const here = machine.copy()
    mkdirSync(here.data, { recursive: true })
    writeFileSync(join(here.data, "spend-policy.json"), `{"max_credits_per_dya": 5}`, { mode: 0o600 })
    const [shown] = await drive(here, [{ args: ["admin", "policy", "--organization", organization], env: bare }])
    assert.strictEqual(text(shown?.data, "owner_file.state"), "unreadable")
    assert.strictEqual(text(shown?.data, "owner_file.path"), join(here.data, "spend-policy.json"))
    assert.isNull(at(shown?.data, "effective"))
    assert.include(normal(shown?.stdout ?? "", here), "nothing that costs credits may be made or bought until")
  })

  it("admin reads no folder that is not there, and makes none", async () => {
    const empty = place()
    const [ran] = await drive(empty, [{ args: ["admin", "agents"], env: bare }])
    assert.strictEqual(ran?.code, "INVALID_ARGUMENTS")
    assert.deepStrictEqual(ran?.changed, [])
  })
})
