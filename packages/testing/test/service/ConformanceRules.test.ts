import { assert, describe, it } from "@effect/vitest"
import { conforms, judge, type Verdict } from "@image-skill/core/conformance/Judgement"
import { chosen, rulebook, unknownNames } from "@image-skill/core/conformance/Rulebook"
import * as InProcessHttp from "@image-skill/testing/service/InProcessHttp"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import { configuration } from "@image-skill/testing/service/ServiceApiSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { brokenBy } from "./BrokenBy.ts"
import { fields, type Spoiler, spoiled } from "./Spoiler.ts"
import { spoilers } from "./Spoilers.ts"

const service = Layer.unwrap(
  Effect.map(pricedOptions, (options) => MemoryService.layer({ ...options, ...configuration }))
)
const world = Layer.provideMerge(InProcessHttp.layer, service)

const options = { origin: InProcessHttp.origin, token: null, spend: false }
const ids = rulebook.flatMap(({ rules }) => rules.map(({ id }) => id))
const named = (verdicts: ReadonlyArray<Verdict>, tag: string): ReadonlyArray<string> =>
  verdicts.filter(({ outcome }) => outcome._tag === tag).map(({ rule }) => rule.id)

/** The embedded model, which costs nothing. */
const onlyFree = (list: unknown): ReadonlyArray<unknown> =>
  Array.isArray(list) ? list.filter((row) => Reflect.get(Object(row), "id") === "local.storyboard") : []

describe("the rulebook", () => {
  it("names each rule once, by its section, and says of each what it is about", () => {
    const names = [...ids, ...rulebook.map(({ id }) => id)]
    assert.deepStrictEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      []
    )
    for (const { id, source, title } of rulebook.flatMap(({ rules }) => rules)) {
      assert.match(id, /^[AD]\d+\.\d+-[a-z0-9-]+$/u)
      assert.match(title, /^\S.{8,}[^.]$/u, id)
      assert.match(source, /^contract\/(?:api|decisions)\.md D?\d+\.\d+$/u)
    }
  })

  it("is asked for by rules and chapters, and knows no others", () => {
    assert.deepStrictEqual(chosen([]), rulebook)
    assert.deepStrictEqual(
      chosen(["auth", "A5.3-replay"]).map(({ id, rules }) => [id, rules.length]),
      [
        ["auth", rulebook.find(({ id }) => id === "auth")?.rules.length],
        ["quotes", 1]
      ]
    )
    assert.deepStrictEqual(unknownNames(["auth", "A5.3-nothing"]), ["A5.3-nothing"])
  })
})

it.layer(world, { excludeTestServices: true })("a service in memory, with models that cost something", (it) => {
  it.effect("keeps every rule", () =>
    Effect.gen(function* () {
      const judgement = yield* judge(rulebook, options)
      assert.isTrue(conforms(judgement))
      assert.deepStrictEqual(named(judgement.verdicts, "Passed"), ids)
    })
  )

  it.effect("is asked for nothing that costs credits, unless the run may spend", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const dear = (): Spoiler => ({
        ...fields("pictures cost three credits", /^GET \/v1\/models$/u, {
          "data.models": onlyFree,
          "data.models.*.economics.credit_pricing.credits_required": 3
        })(),
        before: (request, { body, path }) => {
          if (path === "/v1/create" && !body.includes('"dry_run":true')) asked.push(body)
          return request
        }
      })
      const live = ["A8.1-completed", "A6.7-debit", "A6.8-replay"]
      const run = (spend: boolean) => judge(chosen(live), { ...options, spend }).pipe(Effect.provide(spoiled(dear)))
      assert.sameMembers([...named((yield* run(false)).verdicts, "Skipped")], live)
      assert.deepStrictEqual(asked, [])
      assert.sameMembers([...named((yield* run(true)).verdicts, "Passed")], live)
      assert.lengthOf(asked, 2)
    })
  )

  it.effect("asks no machine around whoever judges, wherever media are said to be", () =>
    Effect.gen(function* () {
      const inside = [
        "http://169.254.169.254/a",
        "https://10.0.0.7/a",
        "https://localhost/a",
        "https://[::1]/a",
        "file:///a"
      ]
      for (const url of inside) {
        const asked: Array<number> = []
        const astray = (): Spoiler => ({
          ...fields("media are inside", /^POST \/v1\/create$/u, { "data.assets.*.url": url })(),
          media: (reply) => {
            asked.push(reply.status)
            return reply
          }
        })
        const { verdicts } = yield* judge(chosen(["A9.2-bytes"]), options).pipe(Effect.provide(spoiled(astray)))
        assert.deepStrictEqual([named(verdicts, "Passed"), asked], [[], []], url)
      }
    })
  )

  it.effect.each(spoilers.map((make) => [make().name, make] as const))("breaks rules where %s", ([name, make]) =>
    Effect.gen(function* () {
      const broken = brokenBy[name] ?? []
      assert.isNotEmpty(broken)
      const judgement = yield* judge(chosen(broken), options).pipe(Effect.provide(spoiled(make)))
      assert.sameMembers([...named(judgement.verdicts, "Failed")], [...broken])
      const isWarned = judgement.verdicts.every(({ rule }) => rule.level === "should")
      assert.strictEqual(conforms(judgement), isWarned && named(judgement.verdicts, "Passed").length > 0)
    })
  )
})

describe("the table of what breaks which rule", () => {
  it("has every spoiler, and no other", () => {
    assert.sameMembers(
      spoilers.map((make) => make().name),
      Object.keys(brokenBy)
    )
  })

  it("has every rule: there is none that cannot fail", () => {
    assert.sameMembers([...new Set(Object.values(brokenBy).flat())], ids)
  })
})
