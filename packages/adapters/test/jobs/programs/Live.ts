// Creates or edits once, and dies by SIGKILL at the boundary that it was told.
import * as Effect from "effect/Effect"
import { main, tell, words } from "../../Program.ts"
import { serviceOver } from "../Composition.ts"
import { ask, type Operation, providerOf, type Vendor, vendors } from "../Lives.ts"
import { watchedProvider, watchedStores } from "../Watched.ts"

const [folder = "", token = "", kind = "", who = "", origin = "", apiKey = "", input = "", fatal = ""] = words
const operation: Operation = kind === "edit" ? "edit" : "create"
const vendor: Vendor = vendors.find((name) => name === who) ?? "repeatable"

const pass = (boundary: string): void => {
  if (boundary !== fatal) return
  tell({ killedAt: boundary })
  process.kill(process.pid, "SIGKILL")
}

main(
  Effect.scoped(
    Effect.gen(function* () {
      const life = { operation, vendor, origin, apiKey, token, input }
      const provider = watchedProvider(pass, yield* providerOf(life))
      const answer = yield* Effect.provide(ask(life), serviceOver(watchedStores(folder, pass), provider))
      tell({ ended: answer.envelope.ok })
    })
  )
)
