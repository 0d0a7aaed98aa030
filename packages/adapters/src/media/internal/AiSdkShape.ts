import type * as Schema from "effect/Schema"

/**
 * What the bridge uses of the AI SDK's model specification v4 (package `@ai-sdk/provider`). The types are ours because
 * each of the SDK's providers brings a version of that package of its own, and two of those do not fit each other.
 */
export interface ImageModel {
  readonly provider: string
  readonly modelId: string
  readonly maxImagesPerCall: unknown
  doGenerate(options: ImageOptions): PromiseLike<ImageAnswer>
}

export interface VideoModel {
  readonly provider: string
  readonly modelId: string
  doStart?(options: VideoOptions): PromiseLike<{ readonly operation: unknown }>
  doStatus?(options: StatusOptions): PromiseLike<VideoStatus>
}

export interface SdkFile {
  readonly type: "file"
  readonly mediaType: string
  readonly data: Uint8Array
}

interface CallOptions {
  readonly prompt: string | undefined
  readonly n: number
  readonly aspectRatio: `${number}:${number}` | undefined
  readonly seed: number | undefined
  readonly providerOptions: { [provider: string]: { [option: string]: Schema.MutableJson } }
  readonly abortSignal?: AbortSignal
}

export interface ImageOptions extends CallOptions {
  readonly size: `${number}x${number}` | undefined
  readonly files: Array<SdkFile> | undefined
  readonly mask: SdkFile | undefined
}

export interface VideoOptions extends CallOptions {
  readonly resolution: `${number}x${number}` | undefined
  /** Seconds. */
  readonly duration: number | undefined
  readonly fps: number | undefined
  readonly image: SdkFile | undefined
  readonly frameImages: undefined
  readonly inputReferences: Array<SdkFile> | undefined
  readonly generateAudio: boolean | undefined
}

export interface StatusOptions {
  readonly operation: Schema.MutableJson
  readonly abortSignal?: AbortSignal
}

export interface Warning {
  readonly type: string
  readonly feature?: string
  readonly details?: string
  readonly message?: string
}

export interface ImageAnswer {
  readonly images: ReadonlyArray<string | Uint8Array>
  readonly warnings: ReadonlyArray<Warning>
  readonly providerMetadata?: unknown
}

export type VideoData =
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "base64"; readonly data: string }
  | { readonly type: "binary"; readonly data: Uint8Array }

export type VideoStatus =
  | { readonly status: "pending" }
  | { readonly status: "error"; readonly error: string }
  | {
      readonly status: "completed"
      readonly videos: ReadonlyArray<VideoData>
      readonly warnings: ReadonlyArray<Warning>
      readonly providerMetadata?: unknown
    }
