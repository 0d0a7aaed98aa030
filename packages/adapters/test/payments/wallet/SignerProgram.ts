import { readFileSync } from "node:fs"
import type { TypedDataDefinition } from "viem"
import { privateKeyToAccount } from "viem/accounts"

// A signer like a device or a vault: it signs typed data and nothing else.
const account = privateKeyToAccount(`0x${process.argv[2] ?? ""}`)
const request = JSON.parse(readFileSync(0, "utf8")) as {
  readonly method: string
  readonly params: ReadonlyArray<string>
}

const result =
  request.method === "eth_accounts"
    ? [account.address]
    : request.method === "eth_signTypedData_v4"
      ? await account.signTypedData(JSON.parse(request.params[1] ?? "") as TypedDataDefinition)
      : null

process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id: 1, result }))
