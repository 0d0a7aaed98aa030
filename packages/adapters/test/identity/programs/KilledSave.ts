// Saves a token and is killed right before the new file takes the place of the old one.
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { main, tell, words } from "../../Program.ts"

const [path = ""] = words

fs.renameSync = () => {
  tell("renaming")
  process.kill(process.pid, "SIGKILL")
}
syncBuiltinESMExports()

main(
  Effect.gen(function* () {
    const config = yield* AuthConfig
    const { commit } = yield* config.prepare
    yield* commit({ apiBaseUrl: "embedded:", token: Redacted.make("isk_r_new"), savedAt: "2026-01-02T03:04:05.678Z" })
  }).pipe(Effect.scoped, Effect.provide(FileAuthConfig.layer(path)))
)
