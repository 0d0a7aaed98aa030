import { registerHooks } from "node:module"
import type { IllustrationFormat } from "@image-skill/adapters/media/storyboard/Encode"

// What happens where the optional package "sharp" is not installed.
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === "sharp") throw new Error("sharp is hidden from this program")
    return next(specifier, context)
  }
})
const { illustrate } = await import("@image-skill/adapters/media/storyboard/Illustrate")
const outcome = (format: IllustrationFormat): Promise<string> =>
  illustrate({ prompt: "a cat", width: 256, height: 256, seed: 1, style: null, format }).then(
    ({ mimeType }) => mimeType,
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?")
  )
process.stdout.write(JSON.stringify([await outcome("png"), await outcome("jpeg"), await outcome("webp")]))
