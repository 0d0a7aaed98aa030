import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import type * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"

/** One command: from its arguments to the envelope that is printed. */
export type Leaf = (context: Context) => Effect.Effect<Answer, Refusal, Ids>
