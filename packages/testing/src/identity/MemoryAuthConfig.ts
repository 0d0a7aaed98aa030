import type { AuthConfig, SavedAuth } from "@image-skill/core/identity/AuthConfig"
import * as MemoryAuthConfig from "@image-skill/core/identity/MemoryAuthConfig"
import type * as Layer from "effect/Layer"

/** A config that stands for a file and ends with the process. `initial` is what an earlier run saved. */
export const layer = (initial: SavedAuth | null = null): Layer.Layer<AuthConfig> =>
  MemoryAuthConfig.layer({ initial, path: "memory/config.json" })
