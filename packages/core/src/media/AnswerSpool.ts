import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { ArtifactStoreFailed } from "./ArtifactStore.ts"

/**
 * Raw answers of providers, kept from the moment they arrive until their outputs are stored, so that a crash between
 * paying and storing loses nothing. Private; one answer per job; apart from the artifact store, which may be what fails.
 */
export class AnswerSpool extends Context.Service<
  AnswerSpool,
  {
    /** On return the answer survives a crash. Replaces an earlier one of the same job. */
    put(jobId: string, answer: Uint8Array): Effect.Effect<void, ArtifactStoreFailed>
    get(jobId: string): Effect.Effect<Option.Option<Uint8Array>, ArtifactStoreFailed>
    /** Also when there is none. */
    remove(jobId: string): Effect.Effect<void, ArtifactStoreFailed>
  }
>()("core/media/AnswerSpool") {}
