// Starts PurchaseLife from one bundled file, which every process after the first finds compiled.
import { enableCompileCache } from "node:module"
import { words } from "../../Program.ts"

const [, cache, bundle = ""] = words
enableCompileCache(cache)
await import(bundle)
