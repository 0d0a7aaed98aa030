import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as FileArtifactStore from "./FileArtifactStore.ts"
import type { S3Settings } from "./S3ArtifactStore.ts"

/**
 * Where media are kept: in the bucket that `IMAGE_SKILL_S3_BUCKET` names, or in files of the data folder. The bucket's
 * endpoint and region come from `IMAGE_SKILL_S3_ENDPOINT` and `IMAGE_SKILL_S3_REGION` (Amazon's, us-east-1), its
 * credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. A bucket that is not set up
 * rightly stops nothing but media: each use of it says which variable is wrong.
 */
export const configured = (
  variable: (name: string) => string | null,
  dataFolder: string
): Layer.Layer<ArtifactStore> => {
  const bucket = variable("IMAGE_SKILL_S3_BUCKET")
  if (bucket === null) return FileArtifactStore.layer(dataFolder)
  const settings = settingsOf(variable, bucket)
  if (typeof settings === "string") return unusable(settings)
  return Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("./S3ArtifactStore.ts")),
      ({ layer }) => layer(settings, dataFolder)
    )
  )
}

/** The settings, or what is wrong with them. */
const settingsOf = (variable: (name: string) => string | null, bucket: string): S3Settings | string => {
  const region = variable("IMAGE_SKILL_S3_REGION") ?? "us-east-1"
  const endpoint = (variable("IMAGE_SKILL_S3_ENDPOINT") ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/u, "")
  const [accessKeyId, secret] = [variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")]
  const sessionToken = variable("AWS_SESSION_TOKEN")
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u.test(bucket)) return "IMAGE_SKILL_S3_BUCKET is no name of a bucket"
  if (!/^[a-z0-9-]{1,40}$/u.test(region)) return "IMAGE_SKILL_S3_REGION is no name of a region"
  if (!/^https?:\/\/[^/?#@\s]+$/u.test(endpoint)) return "IMAGE_SKILL_S3_ENDPOINT is not an http(s) origin"
  if (accessKeyId === null) return "AWS_ACCESS_KEY_ID is not set"
  if (secret === null) return "AWS_SECRET_ACCESS_KEY is not set"
  return {
    bucket,
    endpoint,
    region,
    accessKeyId,
    secretAccessKey: Redacted.make(secret),
    sessionToken: sessionToken === null ? null : Redacted.make(sessionToken)
  }
}

const unusable = (problem: string): Layer.Layer<ArtifactStore> => {
  const failure = Effect.fail(
    new ArtifactStoreFailed({ reason: "denied", message: `media cannot be kept in the bucket: ${problem}` })
  )
  return Layer.succeed(
    ArtifactStore,
    ArtifactStore.of({
      put: () => failure,
      putStream: () => failure,
      get: () => failure,
      stream: () => Stream.fromEffect(failure),
      remove: () => failure,
      removeOlder: () => failure,
      list: () => failure,
      locate: () => null,
      check: failure
    })
  )
}
