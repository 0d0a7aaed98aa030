import { type Hex, isAddress, isHex, sameAddress } from "@image-skill/core/payments/BaseUsdc"
import { HttpTransport } from "@image-skill/core/service/HttpTransport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { privateKeyToAccount } from "viem/accounts"
import { recoverTypedDataAddress } from "viem/utils"
import { runProgram } from "../../internal/RunProgram.ts"
import { type Authorization, typedData, typedDataJson } from "./Authorization.ts"
import { WalletFailed } from "./WalletFailed.ts"

/** Who owns the USDC: signs the right to move it. */
export interface Authorizer {
  readonly address: Hex
  readonly authorize: (authorization: Authorization) => Effect.Effect<Hex, WalletFailed>
}

/** A call of the token, as a transaction with dynamic fees (EIP-1559). */
export interface TokenTransaction {
  readonly chainId: number
  readonly to: Hex
  readonly data: Hex
  readonly nonce: number
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Who pays the fee: signs the transaction. */
export interface Sender {
  readonly address: Hex
  readonly sign: (transaction: TokenTransaction) => Effect.Effect<Hex, WalletFailed>
}

export interface KeySigner {
  readonly authorizer: Authorizer
  readonly sender: Sender
}

/** Signs with a key of this process: 64 hexadecimal digits, with or without `0x`. The key appears in no message. */
export const ofKey = Effect.fnUntraced(function* (key: Redacted.Redacted, from: string) {
  const malformed = new WalletFailed({
    reason: "malformed",
    message: `what ${from} holds is no private key: 64 hexadecimal digits are needed`
  })
  const text = Redacted.value(key).trim()
  const digits: string = text.startsWith("0x") ? text : `0x${text}`
  if (!isHex(digits) || digits.length !== 66) return yield* malformed
  const account = yield* Effect.try({ try: () => privateKeyToAccount(digits), catch: () => malformed })
  const signed = (sign: () => Promise<Hex>) =>
    Effect.tryPromise({
      try: sign,
      catch: () => new WalletFailed({ reason: "unavailable", message: `the key of ${from} could not sign` })
    })
  return {
    authorizer: {
      address: account.address,
      authorize: (authorization) => signed(() => account.signTypedData(typedData(authorization)))
    },
    sender: {
      address: account.address,
      sign: (transaction) => signed(() => account.signTransaction({ ...transaction, type: "eip1559" }))
    }
  } satisfies KeySigner
})

/** Sends one JSON-RPC request to a signer and gives the text of its answer; null where there is none. */
export type AskSigner = (request: string) => Effect.Effect<string | null>

/** A program that reads one JSON-RPC request from its standard input and prints one answer. */
export const signerProgram =
  (program: string, words: ReadonlyArray<string>): AskSigner =>
  (request) =>
    runProgram(program, words, request).pipe(
      Effect.map((ran) => (ran?.exitCode === 0 ? ran.output : null)),
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(null) })
    )

/** A signer behind HTTP. */
export const signerAt = Effect.fnUntraced(function* (url: string) {
  const transport = yield* HttpTransport
  const headers = { "content-type": "application/json" }
  const ask: AskSigner = (body) =>
    transport.send({ method: "POST", url, headers, body, timeout: patience, maxBytes: 65_536 }).pipe(
      Effect.map(({ text }) => text),
      Effect.orElseSucceed(() => null)
    )
  return ask
})

/** A person may have to approve on a device. */
const patience = Duration.minutes(2)

const Answer = Schema.fromJsonString(Schema.Struct({ result: Schema.Unknown }))
const Accounts = Schema.NonEmptyArray(Schema.String.pipe(Schema.refine(isAddress)))
const Signature = Schema.String.check(Schema.isPattern(/^0x[0-9a-f]{130}$/iu)).pipe(Schema.refine(isHex))

/**
 * A signer elsewhere: a device, a vault, a wallet with rules of its own. It is asked for `eth_accounts` and
 * `eth_signTypedData_v4`, and what it signs is proved to be its account's.
 */
export const external = Effect.fnUntraced(function* (askSigner: AskSigner) {
  const read = <T>(schema: Schema.Codec<T, unknown>, method: string, params: ReadonlyArray<string>) =>
    askSigner(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })).pipe(
      Effect.flatMap(Schema.decodeUnknownEffect(Answer)),
      Effect.flatMap(({ result }) => Schema.decodeUnknownEffect(schema)(result)),
      Effect.mapError(() => unavailable(`did not do ${method}`))
    )
  const [address] = yield* read(Accounts, "eth_accounts", [])
  const authorizer: Authorizer = {
    address,
    authorize: Effect.fnUntraced(function* (authorization: Authorization) {
      const signature = yield* read(Signature, "eth_signTypedData_v4", [address, typedDataJson(authorization)])
      const signer = yield* Effect.tryPromise({
        try: () => recoverTypedDataAddress({ ...typedData(authorization), signature }),
        catch: () => unavailable("gave no valid signature")
      })
      if (!sameAddress(signer, address)) return yield* unavailable("signed with another account or another text")
      return signature
    })
  }
  return authorizer
})

const unavailable = (what: string): WalletFailed =>
  new WalletFailed({ reason: "unavailable", message: `the external signer ${what}` })
