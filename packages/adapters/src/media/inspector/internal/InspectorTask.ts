/** Where a picture is: a file that the thread can read, or all of its bytes. */
export type Picture = { readonly path: string } | { readonly bytes: Uint8Array }

/** What is asked of the thread that decodes. */
export type InspectorTask =
  | { readonly kind: "look"; readonly picture: Picture }
  | { readonly kind: "thumbnail"; readonly picture: Picture; readonly maxEdge: number }
  | {
      readonly kind: "compare"
      readonly input: Picture
      readonly mask: Picture
      readonly output: Picture
      /** How far a channel may be off, of 255, before it counts as changed. */
      readonly tolerance: number
      /** A pixel has not changed that lies between those so near to it: compression smears edges. */
      readonly radius: number
    }

/** A small copy of the picture, and whether any of its own pixels lets something through. */
export interface Looked {
  readonly kind: "look"
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
  readonly transparent: boolean
}

export interface Thumbnailed {
  readonly kind: "thumbnail"
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

export interface Compared {
  readonly kind: "compare"
  /** 0 to 1. */
  readonly changedOutside: number
}

export interface Refused {
  readonly kind: "refused"
  readonly reason: "unreadable" | "too_large" | "unsupported" | "timeout" | "storage"
  readonly message: string
}

export type InspectorResult = Looked | Thumbnailed | Compared | Refused

export interface InspectorRequest {
  readonly id: number
  readonly task: InspectorTask
}

export interface InspectorReply {
  readonly id: number
  readonly result: InspectorResult
}

/** More pixels than this are not decoded; the cameras of phones make 12 to 50 million. */
export const mostPixels = 50_000_000
/** What the decoder itself gives up after; the thread is stopped later, should it not obey. */
export const decodeSeconds = 20
