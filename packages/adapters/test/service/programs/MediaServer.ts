import * as Effect from "effect/Effect"
import { serveMedia } from "../MediaSite.ts"

/** Serves the media of the folder it is given, and says where. */
const [folder = ""] = process.argv.slice(2)

await Effect.gen(function* () {
  const { origin } = yield* serveMedia(folder)
  process.stdout.write(`${JSON.stringify({ origin, pid: process.pid })}\n`)
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.runPromise)
