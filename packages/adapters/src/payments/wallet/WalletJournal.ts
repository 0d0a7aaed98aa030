import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { wire } from "@image-skill/core/envelope/Wire"
import { Address, isHex } from "@image-skill/core/payments/BaseUsdc"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { makeFolders } from "../../internal/MakeFolders.ts"
import { checkFolder } from "./OwnerFile.ts"
import { WalletFailed } from "./WalletFailed.ts"
import { hold } from "./WalletLock.ts"

const HexText = Schema.String.pipe(Schema.refine(isHex))
/** A whole number of any size, written in decimal digits. */
const Whole = Schema.BigIntFromString

/**
 * How far a payment came. `intent`: its amount is reserved, nothing is signed. `signed`: the transaction exists and may be
 * anywhere. `broadcast`: a node took it. `confirmed`: it is in the chain, at the wanted depth. `reverted`, `superseded`: it
 * is proven that this transaction moves nothing; the amount is free again.
 */
export const states = ["intent", "signed", "broadcast", "confirmed", "reverted", "superseded"] as const
export type State = (typeof states)[number]

/** A transaction as it was signed. The same bytes are sent again, and never others in their place. */
const Signed = wire({ hash: HexText, raw: HexText, sender: Address, nonce: Schema.Int, validBefore: Whole })
export type Signed = typeof Signed.Type

const EntryWire = wire({
  version: Schema.Literal(1),
  attemptId: Schema.String,
  state: Schema.Literals(states),
  /** Whose USDC it is. */
  from: Address,
  to: Address,
  /** Atomic units. */
  amount: Whole,
  cents: Schema.Int.check(Schema.isGreaterThan(0)),
  origin: Schema.String,
  authorizationNonce: HexText,
  /** Milliseconds since 1970: when the amount was reserved. */
  reservedAt: Schema.Int,
  signed: Schema.NullOr(Signed),
  /** Hashes of earlier transactions that are proven to move nothing. */
  earlier: Schema.Array(HexText)
})

/** What this machine knows of one payment. */
export type Entry = typeof EntryWire.Type

const EntryText = Schema.fromJsonString(EntryWire)

export interface Reserved {
  /** Cents of the last 24 hours and of the last 30 days. */
  readonly day: number
  readonly month: number
}

/** The memory of a wallet: a file per payment attempt, in a folder of its owner alone. */
export interface WalletJournal {
  readonly read: (attemptId: string) => Effect.Effect<Option.Option<Entry>, WalletFailed>
  /** On the disk when it returns. */
  readonly write: (entry: Entry) => Effect.Effect<void, WalletFailed>
  /** What payments other than this one have reserved, and what they may still move. */
  readonly reserved: (except: string) => Effect.Effect<Reserved, WalletFailed>
  /** Payments whose transaction may still be mined. */
  readonly underWay: Effect.Effect<ReadonlyArray<Entry>, WalletFailed>
  /** Alone with the wallet, until the scope ends. */
  readonly hold: Effect.Effect<void, WalletFailed, Scope.Scope>
}

/** Opens the journal in a folder, which is made when it is not there. */
export const open = Effect.fn("WalletJournal.open")(function* (
  folder: string
): Effect.fn.Return<WalletJournal, WalletFailed> {
  yield* attempt(folder, () => makeFolders(folder, 0o700))
  yield* checkFolder(folder)
  const all = entries(folder)
  return {
    read: (attemptId) => readEntry(join(folder, fileName(attemptId))),
    write: (entry) => writeEntry(folder, entry),
    reserved: Effect.fnUntraced(function* (except) {
      const now = yield* Clock.currentTimeMillis
      const others = (yield* all).filter(({ attemptId, state }) => attemptId !== except && !isFree(state))
      const since = (age: Duration.Duration) =>
        others
          .filter(({ reservedAt, state }) => isOpen(state) || now - reservedAt < Duration.toMillis(age))
          .reduce((sum, { cents }) => sum + cents, 0)
      return { day: since(Duration.days(1)), month: since(Duration.days(30)) }
    }),
    underWay: Effect.map(all, (found) => found.filter(({ state }) => state === "signed" || state === "broadcast")),
    hold: hold(folder)
  }
})

const isFree = (state: State): boolean => state === "reverted" || state === "superseded"

/** Nobody knows yet how it ends, so it counts however old it is. */
const isOpen = (state: State): boolean => state === "intent" || state === "signed" || state === "broadcast"

/** Ids that make a file name by themselves; others are refused before anything is asked. */
export const isNameable = (attemptId: string): boolean => /^[A-Za-z0-9_-]{1,100}$/u.test(attemptId)

const suffix = ".payment.json"
const fileName = (attemptId: string): string => `${attemptId}${suffix}`

const entries = (folder: string): Effect.Effect<ReadonlyArray<Entry>, WalletFailed> =>
  attempt(folder, () => readdirSync(folder).filter((name) => name.endsWith(suffix))).pipe(
    Effect.flatMap((names) => Effect.forEach(names, (name) => readEntry(join(folder, name)))),
    Effect.map((found) => found.flatMap(Option.toArray))
  )

/** An entry that is there and cannot be read stops everything: it may stand for money that is under way. */
const readEntry = Effect.fnUntraced(function* (path: string) {
  const found = yield* attempt(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (found === undefined) return Option.none()
  const malformed = new WalletFailed({
    reason: "malformed",
    message: `${path} cannot be read as a payment; it is not overwritten, because money may be under way`
  })
  if (!found.isFile()) return yield* malformed
  const text = yield* attempt(path, () => readFileSync(path, "utf8"))
  return Option.some(yield* Effect.mapError(Schema.decodeEffect(EntryText)(text), () => malformed))
})

/** Written beside its place, brought to the disk, renamed, and the name brought to the disk. */
const writeEntry = Effect.fnUntraced(function* (folder: string, entry: Entry) {
  const text = yield* Effect.orDie(Schema.encodeEffect(EntryText)(entry))
  const tail = (yield* Random.nextIntBetween(0, 0xffff_ffff)).toString(16).padStart(8, "0")
  const path = join(folder, fileName(entry.attemptId))
  const draft = `${path}.${tail}`
  yield* attempt(path, () => {
    const descriptor = openSync(draft, "wx", 0o600)
    fchmodSync(descriptor, 0o600)
    writeFileSync(descriptor, `${text}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(draft, path)
    const parent = openSync(folder, "r")
    fsyncSync(parent)
    closeSync(parent)
  }).pipe(Effect.onError(() => Effect.ignore(Effect.try(() => rmSync(draft, { force: true })))))
}, Effect.uninterruptible)

const attempt = <A>(path: string, run: () => A): Effect.Effect<A, WalletFailed> =>
  Effect.try({
    try: run,
    catch: () => new WalletFailed({ reason: "unavailable", message: `${path} cannot be read or written` })
  })
