// Starts PurchaseLife, whose modules every process after the first finds compiled.
import { enableCompileCache } from "node:module"
import { words } from "../../Program.ts"

enableCompileCache(words[1])
await import("./PurchaseLife.ts")
