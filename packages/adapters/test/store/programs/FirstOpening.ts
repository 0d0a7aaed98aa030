// Opens a database that does not exist yet, at the same moment as others.
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import * as Effect from "effect/Effect"
import { main, tell, told, words } from "../../Program.ts"
import { inFolder } from "../Repositories.ts"

const [folder = "", name = ""] = words

main(
  Effect.gen(function* () {
    const slots = yield* DailySlots
    tell("ready")
    yield* told
    yield* slots.take("first_opening", "2026-01-02", `job_${name}`)
    tell("done")
  }).pipe(Effect.provide(inFolder(folder)))
)
