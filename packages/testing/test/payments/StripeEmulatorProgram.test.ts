import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stripe } from "stripe"
import { sessionParams } from "./StripeClient.ts"

const program = fileURLToPath(import.meta.resolve("@image-skill/testing/payments/StripeEmulatorProgram"))

const Ready = Schema.fromJsonString(
  Schema.Struct({
    baseUrl: Schema.String,
    controlUrl: Schema.String,
    secretKey: Schema.String,
    restrictedKey: Schema.String,
    webhookSecret: Schema.String
  })
)

const firstLine = (child: ChildProcess) =>
  Effect.callback<string>((resume) => {
    if (child.stdout !== null) createInterface(child.stdout).once("line", (line) => resume(Effect.succeed(line)))
  })

const ended = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    child.once("exit", () => resume(Effect.void))
    child.kill()
  })

it.effect(
  "runs as a process of its own, driven over HTTP",
  () =>
    Effect.gen(function* () {
      const child = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, ["--conditions=@image-skill/source", "--no-warnings", program, "--live"], {
            stdio: ["ignore", "pipe", "inherit"]
          })
        ),
        ended
      )
      const ready = yield* Schema.decodeUnknownEffect(Ready)(yield* firstLine(child))
      const { hostname, port } = new URL(ready.baseUrl)
      const stripe = new Stripe(ready.secretKey, {
        host: hostname,
        port: Number(port),
        protocol: "http",
        telemetry: false
      })
      const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
      const control = (name: string, input: unknown) =>
        Effect.promise(() =>
          fetch(`${ready.controlUrl}/control/${name}`, { method: "POST", body: JSON.stringify(input) }).then(
            async (answer): Promise<readonly [number, unknown]> => [answer.status, await answer.json()]
          )
        )
      const [paidStatus, paid] = yield* control("pay", { session: id })
      assert.strictEqual(paidStatus, 200)
      assert.propertyVal(paid, "payment_status", "paid")
      assert.strictEqual((yield* Effect.promise(() => stripe.checkout.sessions.retrieve(id))).payment_status, "paid")
      assert.strictEqual((yield* control("pay", { session: id }))[0], 400)
      assert.strictEqual((yield* control("pay", { wrong: id }))[0], 400)
      assert.strictEqual((yield* control("nothing", {}))[0], 404)
    }),
  20_000
)
