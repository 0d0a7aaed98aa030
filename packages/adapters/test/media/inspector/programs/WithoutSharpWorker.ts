import { registerHooks } from "node:module"

// What happens where the optional package "sharp" is not installed.
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === "sharp") throw new Error("sharp is hidden from this thread")
    return next(specifier, context)
  }
})
await import(new URL("../../../../src/media/inspector/internal/InspectorWorker.ts", import.meta.url).href)
