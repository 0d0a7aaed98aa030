import { createRequire } from "node:module"
import type * as V8 from "node:v8"
import type * as Vm from "node:vm"

const load: { (id: "node:v8"): typeof V8; (id: "node:vm"): typeof Vm } = createRequire(import.meta.url)

/** So many bytes of bodies pass before their buffers are freed. */
const interval = 16 * 1024 * 1024

let passed = 0
let collect: (() => void) | undefined

/**
 * Counts the bytes of bodies that were streamed by this process, and every 16 MB has the young objects collected, to
 * whose number the buffers belong. By itself V8 begins with that when their own space is full, and streaming makes few
 * objects and many buffers: 200 MB took 70 MB of memory that way, and take 20 MB this way, for a millisecond or two each time.
 */
export const countBody = (bytes: number): void => {
  passed += bytes
  if (passed < interval) return
  passed = 0
  collect ??= collector()
  collect()
}

/** Node gives the collector's handle to contexts that are made while the flag is on. Other engines have none. */
const collector = (): (() => void) => {
  const v8 = load("node:v8")
  v8.setFlagsFromString("--expose-gc")
  const gc: unknown = load("node:vm").runInNewContext("typeof gc === 'function' ? gc : null")
  v8.setFlagsFromString("--no-expose-gc")
  return typeof gc === "function" ? () => void Reflect.apply(gc, undefined, [{ type: "minor" }]) : () => {}
}
