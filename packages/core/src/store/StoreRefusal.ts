import { command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { StoreUnavailable } from "./Store.ts"

const what: { readonly [R in StoreUnavailable["reason"]]: string } = {
  busy: "another process held the database for too long",
  full: "the disk is full",
  read_only: "the database cannot be written",
  corrupt: "the database file is damaged, or is no database",
  newer: "the database was written by a newer version of this program; update image-skill to use it",
  closed: "the database is closed",
  conflict: "another request wrote the same row first",
  unknown: "the database did not do what was asked"
}

/** The transaction was undone as a whole, so nothing was spent; a busy database may be asked again. */
export const fromStore = ({ reason }: StoreUnavailable): Refusal =>
  new Refusal({
    code: "STORE_UNAVAILABLE",
    message: `${what[reason]}; what this request wrote was undone and no credits moved`,
    retryable: reason === "busy" || reason === "conflict",
    recovery: {
      suggestedCommand: command("doctor", json),
      docsUrl: docsUrl("local-config-and-install"),
      ...(reason === "busy" ? { retryAfterSeconds: 5 } : {})
    },
    details: { reason }
  })
