import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { fakeRails } from "@image-skill/testing/kit/FakeOptions"
import { faultPoints } from "@image-skill/testing/kit/FaultPlan"

const packages = fileURLToPath(new URL("../../..", import.meta.url))
const readme = readFileSync(join(packages, "testing/README.md"), "utf8")

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(packages, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))

const rowsOf = (heading: string): ReadonlyArray<string> => {
  const [, after = ""] = readme.split(`\n| ${heading}`)
  return after.split("\n").slice(2).join("\n").split("\n\n", 1)[0]?.split("\n") ?? []
}

/** Services that somebody else may implement: those that bring no implementation of their own. */
const ports = filesBelow("core/src").flatMap((file) => {
  const text = readFileSync(join(packages, "core/src", file), "utf8")
  const name = /class (\w+) extends Context\.Service</u.exec(text)?.[1]
  return name === undefined || /static readonly layer\b/u.test(text) ? [] : [name]
})

/** What a deployment says of itself, and registries of what has a suite: values, which nothing can be asked of. */
const values = new Set(["Deployment", "ReturnPage", "Limits", "Catalogue", "MediaProviders"])
/** Of the agent's side: suites of theirs would be those of what they are made of. */
const agents = new Set(["AgentTokens", "AgentAbilities"])

describe("the README of the test kit", () => {
  const suites = rowsOf("Port")
  const named = suites.flatMap((row) => [...row.matchAll(/`([a-z]+\/\w+Suite)`/gu)].map((match) => match[1] ?? ""))

  it("names a suite for every port", () => {
    assert.isAtLeast(ports.length, 30)
    const listed = suites.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/gu)].map((match) => match[1])
    )
    for (const port of [...ports, "PaymentRail", "MediaProvider", "SecretStore"])
      if (!values.has(port) && !agents.has(port)) assert.include(listed, port)
  })

  it("names suites that are there, and leaves none out", () => {
    for (const path of named) assert.isTrue(existsSync(join(packages, "testing/src", `${path}.ts`)), path)
    const all = filesBelow("testing/src")
      .filter((file) => file.endsWith("Suite.ts") && !file.startsWith("service/ConformanceRules"))
      .map((file) => file.slice(0, -".ts".length))
    assert.deepStrictEqual([...named].toSorted(), all.toSorted())
  })

  it("has an example in which an agent is tested offline in under fifty lines", () => {
    const example = readFileSync(join(packages, "../examples/test-harness.test.ts"), "utf8")
    assert.isBelow(example.trimEnd().split("\n").length, 50)
    for (const word of ["startFakeService(", "fake.faults.set(", "fake.books.broken()"]) assert.include(example, word)
  })

  it("lists every fault that a plan may name, and every rail", () => {
    const listed = rowsOf("At").map((row) => [...row.matchAll(/`([^`]+)`/gu)].map((match) => match[1]?.split(":")[0]))
    assert.deepStrictEqual(
      listed,
      Object.entries(faultPoints).map(([point, deeds]) => [point, ...deeds])
    )
    for (const rail of fakeRails) assert.include(readme, `\`${rail.replace(/^(?:hosted|deposit)(?=:)/u, "")}\``)
  })
})
