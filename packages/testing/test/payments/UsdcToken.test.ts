import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../src/payments/chain")
const require = createRequire(import.meta.url)

interface Compiler {
  readonly version: () => string
  readonly compile: (input: string, callbacks: { readonly import: (path: string) => { contents: string } }) => string
}

const Output = Schema.fromJsonString(
  Schema.Struct({
    errors: Schema.optional(Schema.Array(Schema.Struct({ formattedMessage: Schema.String }))),
    contracts: Schema.Struct({
      "UsdcToken.sol": Schema.Struct({
        UsdcToken: Schema.Struct({ evm: Schema.Struct({ bytecode: Schema.Struct({ object: Schema.String }) }) })
      })
    })
  })
)

const source = "UsdcToken.sol"

const input = {
  language: "Solidity",
  sources: { [source]: { content: readFileSync(join(folder, source), "utf8") } },
  settings: {
    evmVersion: "cancun",
    metadata: { appendCBOR: false, bytecodeHash: "none" },
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { UsdcToken: ["evm.bytecode.object"] } }
  }
}

// `vitest -u` writes the file anew after a change of the contract, of OpenZeppelin or of the compiler.
it("the bytecode beside the contract is what the compiler makes of it", async () => {
  const solc = require("solc") as Compiler
  const read = (path: string) => ({ contents: readFileSync(require.resolve(path), "utf8") })
  const { contracts } = Schema.decodeSync(Output)(solc.compile(JSON.stringify(input), { import: read }))
  const bytecode = `0x${contracts[source].UsdcToken.evm.bytecode.object}`
  await expect(moduleOf(solc.version(), bytecode)).toMatchFileSnapshot(join(folder, "UsdcBytecode.ts"))
})

const moduleOf = (compiler: string, bytecode: string): string => `/**
 * The creation code of \`UsdcToken.sol\`, made by solc ${compiler}.
 * A test compiles it again and compares.
 */
export const bytecode =
  "${bytecode}"
`
