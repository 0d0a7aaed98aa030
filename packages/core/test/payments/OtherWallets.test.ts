import { assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { otherWallets } from "@image-skill/core/payments/OtherWallets"

describe("OtherWallets", () => {
  it("the link and the line ask for exactly the same payment", () => {
    const to = "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4"
    const given = otherWallets(to, 2_400_000n, "2026-06-02T19:35:00.000Z")
    const link = new URL(textField(given, "payment_uri").replace("ethereum:", "https://"))
    assert.strictEqual(link.username, "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913")
    assert.deepStrictEqual(Object.fromEntries(link.searchParams), { address: to, uint256: "2400000" })
    const words = textField(given, "cast_command").split(" ")
    assert.include(words, to)
    assert.include(words, "2400000")
    assert.deepInclude(given, { amount: "2.4", amount_atomic: "2400000", chain_id: 8453, token_decimals: 6 })
  })
})
