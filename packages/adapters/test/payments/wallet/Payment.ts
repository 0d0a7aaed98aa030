import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as PolicyFile from "@image-skill/adapters/payments/wallet/PolicyFile"
import { settle } from "@image-skill/adapters/payments/wallet/Settle"
import type { SettleOutcome } from "@image-skill/adapters/payments/wallet/SettleOutcome"
import type { SettleStep } from "@image-skill/adapters/payments/wallet/SettleRun"
import * as Wallet from "@image-skill/adapters/payments/wallet/Wallet"
import * as WalletJournal from "@image-skill/adapters/payments/wallet/WalletJournal"
import { signerProgram } from "@image-skill/adapters/payments/wallet/WalletSigners"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { payableAttempt } from "@image-skill/core/payments/PayableInstructions"
import * as Effect from "effect/Effect"

/** The first account of the chain that the tests start. */
export const payer = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
export const payerKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

export const payee = "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4"

/** One payment of a wallet whose key and policy stand in `home`, as plain data, so that a process can be started with it. */
export interface Payment {
  readonly home: string
  readonly rpcUrl: string
  readonly attemptId: string
  readonly cents: number
  readonly payee: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly waitMs: number
  /** Left out: no external signer. */
  readonly signer?: ReadonlyArray<string>
  /** A process that is killed at this step. */
  readonly dieAt?: SettleStep
}

/** A folder as its owner would make it. */
export const furnish = (home: string, key: string = payerKey, policy?: object): void => {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (key !== "") writeFileSync(keyFile(home), `${key}\n`, { mode: 0o600 })
  if (policy !== undefined) writeFileSync(policyFile(home), JSON.stringify(policy), { mode: 0o600 })
}

export const keyFile = (home: string): string => join(home, "wallet.key")
export const policyFile = (home: string): string => join(home, "wallet-policy.json")
export const journalFolder = (home: string): string => join(home, "wallet")

/** What a service answers about it while it waits for the payer (contract/api.md 5.5 and 5.7). */
export const statusOf = ({ attemptId, cents, expiresAt, payee: to }: Payment) => {
  const end = new Date(expiresAt).toISOString()
  return {
    state: "action_required",
    quote: { price_amount_cents: cents, currency: "USD", live_money: true },
    payment_attempt: {
      payment_attempt_id: attemptId,
      attempt_status: "requires_action",
      expires_at: end,
      stripe_x402: {
        payable_instructions: {
          network: "base",
          token_currency: "usdc",
          token_decimals: 6,
          token_amount_atomic: `${cents}0000`,
          amount_cents: cents,
          deposit_address: to,
          token_contract_address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
          expires_at: end,
          exact_amount_required: true
        }
      }
    },
    receipt: null
  }
}

/** Runs one payment in this process, over real HTTP, on real files. */
export const pay = (
  payment: Payment,
  onStep: (step: SettleStep) => Effect.Effect<void> = () => Effect.void,
  status: unknown = statusOf(payment)
) =>
  Effect.gen(function* () {
    const { attemptId, home, rpcUrl, signer = [], waitMs } = payment
    const [program, ...words] = signer
    const wallet = yield* Wallet.open({
      signer: program === undefined ? null : signerProgram(program, words),
      keychain: null,
      keyFile: keyFile(home),
      key: null
    })
    const { policy } = yield* PolicyFile.read(policyFile(home))
    const journal = yield* WalletJournal.open(journalFolder(home))
    const attempt = payableAttempt(status)
    const origin = "https://service.example"
    return yield* settle({ attemptId, attempt, origin, wallet, policy, rpcUrl, journal, waitMs, pollMs: 20, onStep })
  }).pipe(Effect.provide(NodeHttpTransport.layer))

/** An outcome as JSON. */
export const plain = (outcome: SettleOutcome): string =>
  JSON.stringify(outcome, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))
