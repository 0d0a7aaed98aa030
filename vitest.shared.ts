import { defaultServerConditions } from "vite"
import { defineProject, type UserProjectConfigExport } from "vitest/config"

/** Tests read the sources of every workspace package: no build stands between an edit and its test. */
const source = "@image-skill/source"

export interface ProjectOptions {
  readonly include?: ReadonlyArray<string>
  /** False where nothing a test does outlives it: modules are then loaded once per worker. */
  readonly isolate?: boolean
  /**
   * The tests run after all others: each starts processes of its own, and waits for them. One file more at a time than a
   * small machine has cores keeps it busy while they wait.
   */
  readonly isLast?: boolean
}

export const project = (
  name: string,
  { include = ["test/**/*.test.ts"], isolate = true, isLast = false }: ProjectOptions = {}
): UserProjectConfigExport =>
  defineProject({
    ssr: { resolve: { conditions: [source, ...defaultServerConditions], externalConditions: [source, "node"] } },
    test: {
      name,
      include: [...include],
      isolate,
      testTimeout: 30_000,
      hookTimeout: 60_000,
      maxWorkers: isLast ? 3 : "100%",
      // What a test allocates is mostly gone when it ends: room for it saves a tenth of the time of the tests of core.
      execArgv: ["--min-semi-space-size=16"],
      sequence: { groupOrder: isLast ? 1 : 0 }
    }
  })
