import { defaultServerConditions } from "vite"
import { defineProject, type UserProjectConfigExport } from "vitest/config"

/** Tests read the sources of every workspace package: no build stands between an edit and its test. */
const source = "@image-skill/source"

export const project = (
  name: string,
  include: ReadonlyArray<string> = ["test/**/*.test.ts"]
): UserProjectConfigExport =>
  defineProject({
    ssr: { resolve: { conditions: [source, ...defaultServerConditions], externalConditions: [source, "node"] } },
    test: { name, include: [...include], testTimeout: 30_000, hookTimeout: 60_000 }
  })
