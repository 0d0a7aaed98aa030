import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"

const program = fileURLToPath(new URL("guide-loop.ts", import.meta.url))

describe("examples/guide-loop.ts", () => {
  it("goes from nothing to a picture, as it is run in its own head", { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "image-skill-example-"))
    try {
      const printed = execFileSync(process.execPath, [program, "a red fox in the snow", join(folder, "pictures")], {
        encoding: "utf8"
      })
      const [first, second, url = ""] = printed.trim().split("\n")
      assert.deepStrictEqual([first, second], ["1. auth_required", "2. ready_to_create"])
      assert.deepStrictEqual(measure(new Uint8Array(readFileSync(new URL(url)))), {
        mimeType: "image/png",
        size: { width: 1024, height: 1024 }
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
