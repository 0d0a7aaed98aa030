import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as StripeEmulator from "./StripeEmulator.ts"

/**
 * The emulator as a process of its own. Prints one line of JSON when it is ready, and runs until it is told to stop:
 * `{"baseUrl", "controlUrl", "secretKey", "restrictedKey", "webhookSecret"}`.
 *
 * --live, --port N, --webhook URL (repeated), --rpc URL, --token ADDRESS, --confirmations N, --interval MILLISECONDS
 */
const { values } = parseArgs({
  options: {
    live: { type: "boolean" },
    port: { type: "string" },
    webhook: { type: "string", multiple: true },
    rpc: { type: "string" },
    token: { type: "string" },
    confirmations: { type: "string" },
    interval: { type: "string" }
  }
})

const chain =
  values.rpc === undefined
    ? {}
    : {
        chain: {
          rpcUrl: values.rpc,
          ...(values.token === undefined ? {} : { tokenAddress: values.token }),
          ...(values.confirmations === undefined ? {} : { confirmations: Number(values.confirmations) }),
          ...(values.interval === undefined ? {} : { intervalMilliseconds: Number(values.interval) })
        }
      }

const program = Effect.gen(function* () {
  const { control: _, ...facts } = yield* StripeEmulator.start({
    ...chain,
    live: values.live ?? false,
    webhooks: (values.webhook ?? []).map((url) => ({ url })),
    ...(values.port === undefined ? {} : { port: Number(values.port) })
  })
  yield* Effect.sync(() => process.stdout.write(`${JSON.stringify(facts)}\n`))
  return yield* Effect.never
})

Effect.runFork(Effect.scoped(program))
