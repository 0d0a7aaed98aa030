import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SecretBytes } from "./SecretBytes.ts"

/** What an identifier names; each prefix is part of the public contract (contract/api.md 1.9). */
export type IdPrefix =
  | "agt"
  | "org"
  | "job"
  | "image"
  | "video"
  | "audio"
  | "asset"
  | "thumb"
  | "evt"
  | "usage"
  | "hold"
  | "journal"
  | "quote"
  | "payatt"
  | "receipt"
  | "credit_event"
  | "payrev"
  | "appr"
  | "own"
  | "payres"
  | "sig"

/** Fresh identifiers. In tests they count up, so that every output repeats. */
export class Ids extends Context.Service<
  Ids,
  {
    /**
     * `prefix_` and 20 characters of lower-case Crockford base32 (100 random bits): unguessable, and without a dot. A
     * payment attempt and an approval have 26 (130 bits), because their ids open public pages.
     */
    next(prefix: IdPrefix): Effect.Effect<string>
    /** `trace_` and 16 lower-case hex digits. */
    readonly trace: Effect.Effect<string>
    /** `length` lower-case hex digits, for the tail of a generated idempotency key. */
    hex(length: number): Effect.Effect<string>
  }
>()("core/envelope/Ids") {
  static readonly layer = Layer.effect(
    Ids,
    Effect.gen(function* () {
      const secret = yield* SecretBytes
      const hex = (length: number) =>
        Effect.map(secret.bytes(Math.ceil(length / 2)), (bytes) => toHex(bytes).slice(0, length))
      return Ids.of({
        next: (prefix) =>
          Effect.map(
            secret.bytes(opensPages.has(prefix) ? longIdLength : idLength),
            (bytes) => `${prefix}_${toCrockford(bytes)}`
          ),
        trace: Effect.map(hex(16), (digits) => `trace_${digits}`),
        hex
      })
    })
  )
}

const opensPages: ReadonlySet<IdPrefix> = new Set(["payatt", "appr"])
const idLength = 20
const longIdLength = 26
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

/** One character a byte: the alphabet has 32 letters, so the low five bits of a random byte are uniform. */
const toCrockford = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += crockford.charAt(byte & 31)
  return text
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** Lower-case hex. */
export const toHex = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += hexOfByte[byte]
  return text
}
