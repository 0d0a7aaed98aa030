import { help } from "@image-skill/core/documents/Help"
import { type Answer, success } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { version } from "@image-skill/core/envelope/Product"
import { bareStart } from "@image-skill/core/envelope/Start"
import type { Caller } from "@image-skill/core/identity/Identity"
import { ArgvBody, argvRequest } from "@image-skill/core/service/ArgvRequest"
import { decodeRequest } from "@image-skill/core/service/DecodeRequest"
import { Service } from "@image-skill/core/service/Service"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { RouteManner } from "./UploadRoute.ts"

export const argvPath = "/v1/cli"

/** How the other routes read a body of JSON. */
export interface ArgvManner extends RouteManner {
  readonly readBody: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<unknown, Parameters<RouteManner["refuse"]>[0]>
}

/**
 * `POST /v1/cli` (contract/api.md 12.1): a public command given as its words, with the request's own token. The answer is
 * the envelope, the status and the exit code of the command.
 */
export const layer = ({
  callerOf,
  readBody,
  refuse,
  respond
}: ArgvManner): Layer.Layer<never, never, HttpRouter.HttpRouter | Service | Ids> =>
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const service = yield* Service
      const ids = yield* Ids
      const post: Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest> =
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const body = yield* readBody(request)
          return respond(yield* run(service, ids, body, callerOf(request)))
        }).pipe(Effect.catchTag("Refusal", refuse), Effect.withTracerEnabled(false))
      yield* router.add("POST", argvPath, post)
    })
  )

const run = Effect.fnUntraced(function* (
  service: Service["Service"],
  ids: Ids["Service"],
  body: unknown,
  caller: Caller
): Effect.fn.Return<Answer> {
  const asked = Result.flatMap(decodeRequest(ArgvBody, body), ({ argv }) => argvRequest(argv))
  const frame = { command: "image-skill", traceId: yield* ids.trace, actor: null }
  if (Result.isFailure(asked)) return toAnswer(asked.failure, { ...frame, effect: "read" })
  const request = asked.success
  switch (request._tag) {
    case "Help":
      return help(request.topic, frame.traceId, bareStart)
    case "Version":
      return success(
        { ...frame, command: "image-skill version" },
        { version, package: "image-skill", mode: "public_hosted_cli" }
      )
    case "Ask": {
      const answer = yield* service.handle(request.operation, request.body, caller)
      const ignored = request.ignored.map((name) => `ignored --${name}: ${request.name} has no such flag`)
      const { envelope } = answer
      return {
        ...answer,
        envelope: {
          ...envelope,
          command: `image-skill ${request.name}`,
          warnings: [...envelope.warnings, ...ignored]
        }
      }
    }
  }
})
