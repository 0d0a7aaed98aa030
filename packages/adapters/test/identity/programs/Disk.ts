// Saves a token on a disk that is full, and then on one that is read-only; tells what comes of it.
import { execFileSync } from "node:child_process"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { main, tell, words } from "../../Program.ts"

const [disk = ""] = words

const save = (token: string) =>
  Effect.gen(function* () {
    const config = yield* AuthConfig
    const { commit } = yield* config.prepare
    yield* commit({ apiBaseUrl: "embedded:", token: Redacted.make(token), savedAt: "2026-01-02T03:04:05.678Z" })
  }).pipe(
    Effect.scoped,
    Effect.match({
      onFailure: ({ message }) => /^[A-Z]+/u.exec(message)?.[0] ?? message,
      onSuccess: () => "ok"
    })
  )

const saved = Effect.flatMap(AuthConfig, ({ read }) =>
  Effect.map(read, Option.match({ onNone: () => "none", onSome: ({ token }) => Redacted.value(token) }))
)

const fill = (): void => {
  for (const size of [4096, 1]) {
    try {
      for (let part = 0; ; part += 1) writeFileSync(join(disk, `ballast-${size}-${part}`), Buffer.alloc(size))
    } catch {
      // Full for this size.
    }
  }
}

const probe = Effect.flatMap(AuthConfig, (config) => Effect.map(config.probe, ({ _tag }) => _tag))
const own = () => readdirSync(disk).filter((name) => !name.startsWith("ballast"))

main(
  Effect.gen(function* () {
    tell({ what: "saving", outcome: yield* save("isk_r_old") })
    fill()
    tell({ what: "saving on a full disk", outcome: yield* save("isk_r_new") })
    tell({ what: "what is saved then", outcome: yield* saved })
    tell({ what: "what lies there then", outcome: own().join() })
    execFileSync("mount", ["-o", "remount,ro", disk])
    tell({ what: "the probe on a read-only disk", outcome: yield* probe })
    tell({ what: "saving on a read-only disk", outcome: yield* save("isk_r_new") })
    tell({ what: "what is saved after all", outcome: yield* saved })
    const elsewhere = FileAuthConfig.layer(join(disk, "not", "there", "config.json"))
    tell({ what: "saving where no folder can be made", outcome: yield* Effect.provide(save("isk_r_new"), elsewhere) })
  }).pipe(Effect.provide(FileAuthConfig.layer(join(disk, "config.json"))))
)
