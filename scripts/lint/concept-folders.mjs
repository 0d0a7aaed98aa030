// Folders are concepts, not kinds: nobody can guess what is in `utils`.
import { placeOf } from "./place.mjs"

const banned = new Set(["utils", "util", "common", "types", "helpers", "lib", "shared", "misc"])

/** @type {import("./rule.ts").Rule} */
export default {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    Program(node) {
      const folder = placeOf(context.filename).folders.find((name) => banned.has(name))
      if (folder !== undefined)
        context.report({ node, message: `A folder "${folder}". Put the module into the concept it belongs to.` })
    }
  })
}
