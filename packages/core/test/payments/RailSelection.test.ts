import { assert, describe, it } from "@effect/vitest"
import {
  choose,
  isAgentPayable,
  isHumanHandoff,
  isUsable,
  type RailChoice,
  type RailFacts
} from "@image-skill/core/payments/RailChoice"
import { RailSelection } from "@image-skill/core/payments/RailSelection"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const rail = (facts: Partial<RailFacts>): RailFacts => ({
  methodId: "rail",
  available: true,
  quoteable: true,
  purchasable: true,
  liveMoney: true,
  requiresBrowser: false,
  agentInitiated: true,
  agentSettleable: false,
  settlementBlocker: null,
  unavailableReason: null,
  buyerModes: ["hybrid"],
  limits: { minCredits: null, maxCredits: null },
  commands: { quote: null, purchase: null, status: null },
  ...facts
})

const checkout = rail({ methodId: "checkout", requiresBrowser: true, buyerModes: ["hybrid", "human_only"] })
const deposit = rail({ methodId: "deposit", agentSettleable: true, buyerModes: ["agent_only", "hybrid"] })
const blocked = rail({ methodId: "blocked", settlementBlocker: "deposits are not watched here" })
const silent = rail({ methodId: "silent", requiresBrowser: null, buyerModes: [] })
const fake = rail({ methodId: "fake", liveMoney: false, agentSettleable: true, buyerModes: ["agent_only"] })

/** contract/cli.md 9.12 with its hardening, decision D4.3: rails as offered, and in the order in which to use them. */
const rankings: ReadonlyArray<readonly [what: string, rails: ReadonlyArray<RailFacts>, ranked: ReadonlyArray<string>]> =
  [
    ["no rail", [], []],
    ["what an agent can settle stands before a hand-over to a person", [checkout, deposit], ["deposit", "checkout"]],
    ["a hand-over to a person stands before what nobody can settle", [blocked, checkout], ["checkout", "blocked"]],
    ["what says nothing about itself stands last", [silent, blocked, checkout], ["checkout", "blocked", "silent"]],
    [
      "equals keep the order of the service",
      [deposit, rail({ ...deposit, methodId: "second" })],
      ["deposit", "second"]
    ],
    ["a rail that cannot be had is out", [rail({ ...deposit, available: false }), checkout], ["checkout"]],
    ["a rail that gives no quotes is out", [rail({ ...deposit, quoteable: false }), checkout], ["checkout"]],
    ["a rail whose quotes cannot be bought is out", [rail({ ...deposit, purchasable: false }), checkout], ["checkout"]],
    ["play money is out where a live rail is offered", [fake, checkout], ["checkout"]],
    ["play money counts where the live rail cannot be used", [fake, rail({ ...checkout, available: false })], ["fake"]],
    ["play money counts where no live rail is offered", [fake], ["fake"]],
    [
      "a settleable rail that is for people only is a hand-over",
      [rail({ ...deposit, methodId: "people", buyerModes: ["human_only"] }), checkout],
      ["people", "checkout"]
    ],
    [
      "a settleable rail in a browser is a hand-over",
      [rail({ ...deposit, methodId: "browser", requiresBrowser: true }), deposit],
      ["deposit", "browser"]
    ],
    [
      "a settleable rail that may need a browser is none for agents",
      [rail({ ...deposit, methodId: "maybe", requiresBrowser: null }), blocked],
      ["blocked", "maybe"]
    ],
    [
      "that an agent can start it is no promise that it can settle it",
      [rail({ ...blocked, methodId: "started", agentInitiated: true }), deposit],
      ["deposit", "started"]
    ],
    [
      "buyer modes that nobody knows promise nothing",
      [rail({ ...deposit, methodId: "odd", buyerModes: ["robot"] }), checkout],
      ["checkout", "odd"]
    ]
  ]

const idsOf = ({ ranked }: RailChoice): ReadonlyArray<string> => ranked.map(({ rail }) => rail.methodId)

/** The contract's own words, list by list: which methods are considered, and in which order they are preferred. */
const oracle = (rails: ReadonlyArray<RailFacts>): ReadonlyArray<RailFacts> => {
  const working = rails.filter((row) => row.available && row.quoteable && row.purchasable)
  const live = working.filter((row) => row.liveMoney)
  const usable = live.length > 0 ? live : working
  const browserless = usable.filter((row) => row.requiresBrowser === false)
  const agentPayable = browserless.filter(
    (row) => row.agentSettleable && (row.buyerModes.includes("agent_only") || row.buyerModes.includes("hybrid"))
  )
  const humanHandoff = usable.filter((row) => row.requiresBrowser === true || row.buyerModes.includes("human_only"))
  return [...new Set([...agentPayable, ...humanHandoff, ...browserless, ...usable])]
}

const prove = (rails: ReadonlyArray<RailFacts>): void => {
  const { preferred, ranked, rejected } = choose(rails)
  const expected = oracle(rails)
  assert.deepStrictEqual(
    ranked.map((row) => row.rail),
    expected
  )
  assert.strictEqual(preferred?.rail ?? null, expected[0] ?? null)
  assert.deepStrictEqual(
    rejected.map((row) => row.rail),
    rails.filter((row) => !expected.includes(row))
  )
  for (const { reason } of [...ranked, ...rejected]) assert.isNotEmpty(reason)
}

const yesNo = [true, false]
const modes = ["agent_only", "hybrid", "human_only", "robot"]
const modeSets = Array.from({ length: 2 ** modes.length }, (_, bits) =>
  modes.filter((_, bit) => ((bits >> bit) & 1) === 1)
)

/** Every combination of the facts that a choice may look at. */
const everyRail: ReadonlyArray<RailFacts> = yesNo.flatMap((available) =>
  yesNo.flatMap((quoteable) =>
    yesNo.flatMap((purchasable) =>
      yesNo.flatMap((liveMoney) =>
        [true, false, null].flatMap((requiresBrowser) =>
          yesNo.flatMap((agentInitiated) =>
            yesNo.flatMap((agentSettleable) =>
              modeSets.map((buyerModes) =>
                rail({
                  available,
                  quoteable,
                  purchasable,
                  liveMoney,
                  requiresBrowser,
                  agentInitiated,
                  agentSettleable,
                  buyerModes
                })
              )
            )
          )
        )
      )
    )
  )
)

const anyRails = Schema.Array(
  Schema.Struct({
    row: Schema.Natural.check(Schema.isLessThan(everyRail.length)),
    settlementBlocker: Schema.NullOr(Schema.Literal("a person has to finish it")),
    unavailableReason: Schema.NullOr(Schema.Literal("not_configured"))
  })
)

describe("RailSelection", () => {
  for (const [what, rails, ranked] of rankings) {
    it(what, () => {
      assert.deepStrictEqual(idsOf(choose(rails)), ranked)
    })
  }

  it("every combination of facts is classed as the contract says", () => {
    assert.lengthOf(everyRail, 3_072)
    for (const row of everyRail) {
      prove([row])
      prove([row, deposit])
      prove([checkout, row, fake])
    }
  })

  it("what a rail can do by itself is said of every combination, live or not", () => {
    for (const row of everyRail) {
      const { agentSettleable, available, buyerModes, purchasable, quoteable, requiresBrowser } = row
      assert.strictEqual(isUsable(row), available && quoteable && purchasable)
      assert.strictEqual(
        isAgentPayable(row),
        requiresBrowser === false && agentSettleable && buyerModes.some((mode) => /^(?:agent_only|hybrid)$/u.test(mode))
      )
      assert.strictEqual(isHumanHandoff(row), requiresBrowser === true || buyerModes.includes("human_only"))
    }
  })

  it.prop(
    "however many rails are offered, each is ranked once or rejected once, in stable order",
    [anyRails],
    ([drawn]) => {
      prove(
        drawn.map(({ row, ...reasons }, index) => ({
          ...rail({}),
          ...everyRail[row],
          ...reasons,
          methodId: `rail-${index}`
        }))
      )
    }
  )

  it("each rail says why it stands where it does", () => {
    const { ranked, rejected } = choose([
      deposit,
      checkout,
      blocked,
      silent,
      fake,
      rail({ available: false, unavailableReason: "not_configured" })
    ])
    assert.deepStrictEqual(
      ranked.map(({ railClass }) => railClass),
      ["agent_settleable", "human_handoff", "browserless", "other"]
    )
    assert.strictEqual(ranked[2]?.reason, "deposits are not watched here")
    assert.deepStrictEqual(
      rejected.map(({ rail }) => rail.methodId),
      ["fake", "rail"]
    )
    assert.strictEqual(rejected[1]?.reason, "not_configured")
  })

  it("a reason that a service leaves empty is replaced by our own words", () => {
    const { ranked, rejected } = choose([
      rail({ ...checkout, settlementBlocker: "" }),
      rail({ ...blocked, settlementBlocker: "" }),
      rail({ available: false, unavailableReason: "" })
    ])
    for (const { reason } of [...ranked, ...rejected]) assert.isNotEmpty(reason)
  })

  it.effect("the service is usable alone and is this function", () =>
    Effect.gen(function* () {
      const selection = yield* RailSelection
      assert.deepStrictEqual(selection.choose([checkout, deposit]), choose([checkout, deposit]))
    }).pipe(Effect.provide(RailSelection.layer))
  )
})
