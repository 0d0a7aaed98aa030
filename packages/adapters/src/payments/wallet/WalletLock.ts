import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { beginningOf, processId, world } from "./internal/CurrentProcess.ts"
import { WalletFailed } from "./WalletFailed.ts"

const Holder = Schema.fromJsonString(Schema.Struct({ pid: Schema.Int, began: Schema.String, world: Schema.String }))

const patience = Duration.seconds(60)
/** A holder in another container cannot be looked at; it is taken for dead after longer than anybody holds a lock. */
const foreignAge = Duration.minutes(5)

/**
 * Holds the wallet folder alone, until the scope ends. Whoever wants it lays down a file of its own, then looks who else
 * has one: of two that want it at once at least one sees the other, and goes back. A holder that died leaves a file that
 * everybody may take away, because its name is used once.
 */
export const hold = (folder: string): Effect.Effect<void, WalletFailed, Scope.Scope> =>
  acquire(folder).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () =>
        Effect.fail(new WalletFailed({ reason: "unavailable", message: "another run of this wallet does not end" }))
    })
  )

const acquire = (folder: string): Effect.Effect<void, WalletFailed, Scope.Scope> =>
  Effect.gen(function* () {
    if (yield* claim(folder)) return
    yield* Effect.sleep(Duration.millis(yield* Random.nextIntBetween(5, 50)))
    return yield* acquire(folder)
  })

/** True: the folder is held. False: somebody else has it, or wants it now. */
const claim = Effect.fnUntraced(function* (folder: string) {
  const file = yield* layDown(folder)
  const others = yield* Effect.onError(livingOthers(folder, file), () => remove(file))
  if (others === 0) yield* Effect.addFinalizer(() => remove(file))
  else yield* remove(file)
  return others === 0
}, Effect.uninterruptible)

/** A file with its whole content under its name at once. */
const layDown = Effect.fnUntraced(function* (folder: string) {
  const tail = (yield* Random.nextIntBetween(0, 0xffff_ffff)).toString(16).padStart(8, "0")
  const name = join(folder, `lock-${processId}-${yield* Clock.currentTimeMillis}-${tail}`)
  const draft = `${name}.draft`
  const holder = JSON.stringify({ pid: processId, began: beginningOf(processId) ?? "", world })
  yield* attempt(() => {
    writeFileSync(draft, holder, { flag: "wx", mode: 0o600 })
    renameSync(draft, name)
  })
  return name
})

const livingOthers = Effect.fnUntraced(function* (folder: string, own: string) {
  const now = yield* Clock.currentTimeMillis
  const names = yield* attempt(() => readdirSync(folder).filter((name) => isLock.test(name)))
  const files = names.map((name) => join(folder, name)).filter((file) => file !== own)
  const dead = yield* Effect.filter(files, (file) => isDead(file, now))
  yield* Effect.forEach(dead, remove)
  return files.length - dead.length
})

const isLock = /^lock-\d+-\d+-[0-9a-f]{8}$/u

/** What is gone meanwhile is dead, too; what cannot be understood is somebody's, until it is very old. */
const isDead = Effect.fnUntraced(function* (file: string, now: number) {
  const found = yield* attempt(() => statSync(file, { throwIfNoEntry: false }))
  if (found === undefined) return true
  const text = yield* Effect.option(Effect.try(() => readFileSync(file, "utf8")))
  const holder = Option.flatMap(text, Schema.decodeOption(Holder))
  if (Option.isSome(holder) && holder.value.world === world) {
    return beginningOf(holder.value.pid) !== holder.value.began
  }
  return now - found.mtimeMs > Duration.toMillis(foreignAge)
})

const remove = (file: string): Effect.Effect<void> => Effect.ignore(Effect.try(() => rmSync(file, { force: true })))

const attempt = <A>(run: () => A): Effect.Effect<A, WalletFailed> =>
  Effect.try({
    try: run,
    catch: () => new WalletFailed({ reason: "unavailable", message: "the wallet's folder cannot be written to" })
  })
