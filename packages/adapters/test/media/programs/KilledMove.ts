// Stores an artifact or saves a file, and is killed right before it gets its name.
import fs from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import * as FileAnswerSpool from "@image-skill/adapters/media/FileAnswerSpool"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { main, tell, words } from "../../Program.ts"

const [folder = "", what = ""] = words

const killed = () => {
  tell("moving")
  process.kill(process.pid, "SIGKILL")
  return Promise.resolve()
}
fs.rename = killed
fs.link = killed
syncBuiltinESMExports()

const bytes = new TextEncoder().encode("abc")

const store = Effect.flatMap(ArtifactStore, (artifacts) => artifacts.put(bytes)).pipe(
  Effect.asVoid,
  Effect.provide(FileArtifactStore.layer(folder))
)

const stream = Effect.flatMap(ArtifactStore, (artifacts) => artifacts.putStream(Stream.succeed(bytes), 3)).pipe(
  Effect.asVoid,
  Effect.provide(FileArtifactStore.layer(folder))
)

const spool = Effect.flatMap(AnswerSpool, (answers) => answers.put("job_1", bytes)).pipe(
  Effect.provide(FileAnswerSpool.layer(folder))
)

const save = (overwrite: boolean) =>
  Effect.gen(function* () {
    const files = yield* LocalFiles
    const file = yield* files.create(join(folder, "saved.txt"), overwrite)
    yield* file.write(bytes)
    yield* file.commit
  }).pipe(Effect.scoped, Effect.provide(NodeLocalFiles.layer))

const kept: { readonly [what: string]: Effect.Effect<void, ArtifactStoreFailed> } = { artifact: store, stream, spool }

main<ArtifactStoreFailed | LocalFileFailed>(kept[what] ?? save(what === "replaced file"))
