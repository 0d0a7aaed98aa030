import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

export const processId: number = process.pid

/** Null on systems whose files have no such owner. */
export const userId: number | null = process.getuid?.() ?? null

const orNull = (read: () => string): string | null => {
  try {
    return read()
  } catch {
    return null
  }
}

/** Where process ids mean what they mean here: this start of the machine, and this space of process ids on it. */
export const world: string = [
  orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? hostname(),
  orNull(() => readlinkSync("/proc/self/ns/pid")) ?? ""
].join(" ")

/**
 * When a process of this world began, in a form that can only be compared; an id is given again, a beginning is not. Null
 * where there is no such process, empty where the system does not say.
 */
export const beginningOf = (pid: number): string | null => {
  if (!isRunning(pid)) return null
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"))
  // The name in parentheses may hold anything; the beginning is the 22nd field, the 20th behind it.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
