import type { Reply } from "./Reply.ts"
import { idempotencyMismatch } from "./StripeFailure.ts"
import type { World } from "./World.ts"

interface Entry {
  readonly fingerprint: string
  readonly at: number
  readonly reply: Promise<Reply>
}

/** Keys are kept for a day: https://docs.stripe.com/api/idempotent_requests. */
const keptSeconds = 86_400

/**
 * Requests that carry a key run once. Others with the same key wait for the first, and get its answer if the key
 * remembers it; a request that never began (malformed, limited, in conflict) leaves the key free for the next.
 */
export class Idempotency {
  private readonly world: World
  private readonly entries = new Map<string, Entry>()

  constructor(world: World) {
    this.world = world
  }

  async once(key: string, fingerprint: string, run: () => Promise<Reply>): Promise<Reply> {
    const before = this.entries.get(key)
    if (before === undefined || before.at + keptSeconds <= this.world.now()) return this.first(key, fingerprint, run)
    if (before.fingerprint !== fingerprint) throw idempotencyMismatch(key)
    const reply = await before.reply
    return reply.remembered
      ? { ...reply, headers: { ...reply.headers, "idempotent-replayed": "true", "original-request": reply.requestId } }
      : this.once(key, fingerprint, run)
  }

  private async first(key: string, fingerprint: string, run: () => Promise<Reply>): Promise<Reply> {
    const entry = { fingerprint, at: this.world.now(), reply: run() }
    this.entries.set(key, entry)
    const reply = await entry.reply
    if (!reply.remembered && this.entries.get(key) === entry) this.entries.delete(key)
    return reply
  }
}
