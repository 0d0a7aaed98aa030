import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { flagReader, text, toggle } from "./Flags.ts"

/**
 * A wrapper may add a token blindly to a command that needs none (contract/cli.md 4.4). It is judged like any other,
 * read so that its writer is not cut off, and never sent.
 */
export const discardToken = (context: Context): Effect.Effect<void, Refusal> =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    if (!(yield* flag(toggle("token-stdin")))) return
    if ((yield* flag(text("token"))) !== null) return yield* contradictory()
    const { stdinStore } = yield* Effect.promise(() => import("./SecretStores.ts"))
    const { toRefusal } = yield* Effect.promise(() => import("./Tokens.ts"))
    const store = yield* stdinStore(context.machine)
    yield* Effect.mapError(store.read(""), toRefusal)
  })

const contradictory = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--token and --token-stdin exclude each other; give one, or none, since this command needs no token",
    recovery: { docsUrl: docsUrl("local-config-and-install") }
  })
