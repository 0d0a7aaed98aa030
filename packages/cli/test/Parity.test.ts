import { afterAll, assert, describe, it } from "@effect/vitest"
import { scenarios } from "@image-skill/testing/service/ParityScenarios"
import { compared, told } from "./ParityCompared.ts"
import { aiSdk, cli, http, library, mcp } from "./ParityFaces.ts"

const baseline = library()
const faces = [cli(), http(), mcp(), aiSdk()]

afterAll(async () => {
  for (const face of [baseline, ...faces]) await face.close()
})

describe("library, CLI, HTTP, MCP and AI SDK", () => {
  it("are told at least fifty scenarios", () => {
    assert.isAtLeast(scenarios.length, 50)
    assert.lengthOf(new Set(scenarios.map(({ name }) => name)), scenarios.length)
  })

  it.each(scenarios)("give the same envelopes when $name", async (scenario) => {
    const expected = await told(baseline, scenario)
    for (const face of faces) {
      const [here, there] = compared(face.name, scenario, expected, await told(face, scenario))
      assert.deepStrictEqual(there, here, face.name)
    }
  })
})
