import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { authRequired } from "@image-skill/core/identity/Identity"
import type { SecretStore, SecretStoreFailed, TokenSource } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Context } from "./Context.ts"
import { flagReader, text, toggle } from "./Flags.ts"
import { explicitStores, namedStore } from "./SecretStores.ts"
import type { Target } from "./Target.ts"

export interface Token {
  readonly source: TokenSource
  readonly value: Redacted.Redacted
}
