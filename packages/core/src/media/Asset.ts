import type { OrganizationId } from "../identity/Actor.ts"

/** Media that an organization owns. Its bytes lie under their SHA-256; the id points to them. */
export interface Asset {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly jobId: string
  readonly kind: "generated" | "uploaded"
  readonly modality: "image" | "video" | "audio" | "3d"
  /** Read from the bytes, not from a header or a name. */
  readonly mimeType: string
  readonly contentLength: number
  readonly width: number | null
  readonly height: number | null
  readonly sha256: string
  readonly createdAt: string
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
