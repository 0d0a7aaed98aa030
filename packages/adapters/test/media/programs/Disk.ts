// Stores media and saves files on a small disk that fills up, and then on one that is read-only.
import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import * as FileAnswerSpool from "@image-skill/adapters/media/FileAnswerSpool"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { main, tell, words } from "../../Program.ts"

const [disk = ""] = words
const data = join(disk, "data")

const outcome = <A, R>(effect: Effect.Effect<A, { readonly reason: string }, R>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason, onSuccess: () => "ok" })

const save = (name: string, size: number) =>
  Effect.gen(function* () {
    const files = yield* LocalFiles
    const file = yield* files.create(join(disk, name), false)
    yield* file.write(new Uint8Array(size))
    yield* file.commit
  }).pipe(Effect.scoped)

const media = (seed: number, size: number) => new Uint8Array(size).fill(seed)

main(
  Effect.gen(function* () {
    const artifacts = yield* ArtifactStore
    tell({ what: "storing", outcome: yield* outcome(artifacts.put(media(1, 1000))) })
    tell({ what: "saving more than fits", outcome: yield* outcome(save("large", 2_000_000)) })
    const pieces = Stream.map(Stream.range(1, 40), (piece) => media(piece, 50_000))
    tell({
      what: "streaming more than fits",
      outcome: yield* outcome(artifacts.putStream(pieces, 10_000_000))
    })
    tell({ what: "what it leaves in tmp", outcome: readdirSync(join(data, "tmp")).join() })
    let seed = 1
    const storeNext = Effect.suspend(() => artifacts.put(media((seed += 1), 50_000)))
    tell({
      what: "storing until the disk is full",
      outcome: yield* outcome(Effect.repeat(storeNext, Schedule.recurs(200)))
    })
    yield* Effect.ignore(
      Effect.repeat(
        Effect.suspend(() => artifacts.put(media((seed += 1), 1))),
        Schedule.recurs(200)
      )
    )
    tell({ what: "the check on a full disk", outcome: yield* outcome(artifacts.check) })
    tell({ what: "what lies in tmp then", outcome: readdirSync(join(data, "tmp")).join() })
    tell({ what: "what lies beside it then", outcome: readdirSync(disk).join() })
    const { sha256 } = yield* artifacts.put(media(1, 1000))
    tell({ what: "what was stored before", outcome: yield* outcome(artifacts.get(sha256)) })
    execFileSync("mount", ["-o", "remount,ro", disk])
    tell({ what: "the check on a read-only disk", outcome: yield* outcome(artifacts.check) })
    tell({ what: "storing on a read-only disk", outcome: yield* outcome(artifacts.put(media(255, 10))) })
    const spooled = Effect.flatMap(AnswerSpool, (spool) => spool.put("job_1", media(1, 10)))
    tell({ what: "spooling on a read-only disk", outcome: yield* outcome(spooled) })
    const streamed = artifacts.putStream(Stream.succeed(media(254, 10)), 10)
    tell({ what: "streaming on a read-only disk", outcome: yield* outcome(streamed) })
    tell({ what: "saving on a read-only disk", outcome: yield* outcome(save("small", 1)) })
    tell({ what: "saving where no folder can be made", outcome: yield* outcome(save("not/there/small", 1)) })
    const elsewhere = FileArtifactStore.layer(join(disk, "not", "there"))
    const put = Effect.flatMap(ArtifactStore, (other) => other.put(media(255, 10)))
    tell({ what: "storing where no folder can be made", outcome: yield* outcome(Effect.provide(put, elsewhere)) })
  }).pipe(
    Effect.provide(Layer.mergeAll(FileArtifactStore.layer(data), FileAnswerSpool.layer(data), NodeLocalFiles.layer))
  )
)
