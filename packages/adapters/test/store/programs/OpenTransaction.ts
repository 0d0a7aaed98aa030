// Stays inside a transaction that has written, so that it can be killed there.
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Agents } from "@image-skill/core/identity/Agents"
import { Store } from "@image-skill/core/store/Store"
import { grantPostings, journal } from "@image-skill/testing/credits/LedgerSample"
import { agent, token } from "@image-skill/testing/identity/AgentSample"
import * as Effect from "effect/Effect"
import { main, tell, words } from "../../Program.ts"
import { inFolder } from "../Repositories.ts"

const [folder = ""] = words

main(
  Effect.gen(function* () {
    const store = yield* Store
    const agents = yield* Agents
    const ledger = yield* LedgerStore
    yield* agents.insert(agent("kept"), token("kept"))
    return yield* store.transaction(
      Effect.gen(function* () {
        yield* agents.insert(agent("lost"), token("lost"))
        yield* ledger.append(journal("lost"), grantPostings(journal("lost"), 50))
        tell("inside")
        return yield* Effect.never
      })
    )
  }).pipe(Effect.provide(inFolder(folder)))
)
