import * as DateTime from "effect/DateTime"
import type { OrganizationId } from "../identity/Actor.ts"
import type { AssetEvidence } from "./Evidence.ts"

/** Media that an organization owns. Its bytes lie under their SHA-256; the id points to them. */
export interface Asset {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly jobId: string
  /** `derived`: a thumbnail of another asset. */
  readonly kind: "generated" | "uploaded" | "derived"
  readonly modality: "image" | "video" | "audio" | "3d"
  /** Read from the bytes, not from a header or a name. */
  readonly mimeType: string
  readonly contentLength: number
  readonly width: number | null
  readonly height: number | null
  readonly sha256: string
  readonly createdAt: string
  /** A private one has only signed links that expire. */
  readonly visibility: "public" | "private"
  /** Which asset it is a thumbnail of. */
  readonly parentId: string | null
  /** Null for thumbnails, and while nobody has looked. */
  readonly evidence: AssetEvidence | null
  /** When its bytes go by themselves; null for never. */
  readonly expiresAt: string | null
  /** Set once it was deleted: the row stays, for lineage and accounts; the bytes do not. */
  readonly deletedAt: string | null
}

const extensions: { readonly [mimeType: string]: string } = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
  "video/mp4": "mp4",
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
  "model/gltf-binary": "glb"
}

/** Without the dot; null for a type that has no place under `/a/`. */
export const extensionOf = (mimeType: string): string | null =>
  Object.hasOwn(extensions, mimeType) ? (extensions[mimeType] ?? null) : null

/** The path of an asset on the media origin (contract/api.md 9.2). */
export const mediaPath = (asset: Pick<Asset, "id" | "mimeType">): string =>
  `/a/${asset.id}.${extensionOf(asset.mimeType) ?? "bin"}`

/** When the bytes of an asset made at `createdAt` go by themselves; null for never. */
export const expiryOf = (createdAt: string, retentionDays: number | null): string | null =>
  retentionDays === null
    ? null
    : DateTime.formatIso(DateTime.add(DateTime.makeUnsafe(createdAt), { days: retentionDays }))
