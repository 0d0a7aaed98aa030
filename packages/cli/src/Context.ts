import type { Parsed } from "@image-skill/core/envelope/Arguments"
import type { Host } from "@image-skill/core/identity/ConfigRecovery"
import type { Machine } from "./Machine.ts"

/** What one run of one command is about. */
export interface Context {
  readonly parsed: Parsed
  readonly machine: Machine
  readonly host: Host
}
