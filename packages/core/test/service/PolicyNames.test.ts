import { assert, describe, it } from "@effect/vitest"
import { strangeNames } from "@image-skill/core/service/PolicyNames"

describe("names in a spend policy", () => {
  it("that are models and rails are nothing to speak of", () => {
    assert.deepStrictEqual(
      strangeNames({
        models: { "fal.flux-dev": 5 },
        allowedModels: ["local.storyboard"],
        rails: { stripe_checkout: 0, fake: 100 }
      }),
      []
    )
  })

  it("that nobody knows are named, each once", () => {
    const [models = "", rails = "", ...others] = strangeNames({
      models: { "fal.flux-devv": 5 },
      allowedModels: ["fal.flux-devv", "fal.flux-dev"],
      rails: { stripe: 100 }
    })
    assert.include(models, "no model is called fal.flux-devv here")
    assert.include(rails, "no rail is called stripe here")
    assert.deepStrictEqual(others, [])
  })

  it("are those of the deployment where it has its own", () => {
    assert.deepStrictEqual(strangeNames({ models: { "mine.one": 5 } }, ["mine.one"]), [])
  })
})
