import { FailureWire, successOf } from "@image-skill/core/envelope/Envelope"
import { version } from "@image-skill/core/envelope/Product"
import { answers } from "@image-skill/core/service/Answers"
import {
  carriesJson,
  type Operation,
  type OperationId,
  operationIds,
  operationOf
} from "@image-skill/core/service/Operations"
import { requests } from "@image-skill/core/service/Requests"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/**
 * The OpenAPI document, from the same table of operations and the same schemas as the routes. It is made when somebody
 * asks for it: describing the API takes longer than answering it.
 */
export const openApiDocument = (origin: string): unknown => {
  const [first, ...rest] = operationIds.map(endpoint)
  const group = first === undefined ? HttpApiGroup.make("v1") : HttpApiGroup.make("v1").add(first, ...rest)
  const api = HttpApi.make("image-skill")
    .add(group)
    .annotateMerge(
      OpenApi.annotations({
        title: "Image Skill",
        version,
        description: "Media for AI agents: identity, quota, credits, models, jobs and owned assets.",
        servers: [{ url: origin }],
        transform: withSchemes
      })
    )
  return OpenApi.fromApi(api)
}

const securitySchemes = {
  token: { type: "http", scheme: "bearer", description: "The restricted token that a signup returned" }
}

const withSchemes = ({ components, ...document }: { readonly [name: string]: unknown }) => ({
  ...document,
  components: { ...(Predicate.isObject(components) ? components : {}), securitySchemes }
})

/** Without a token, with one, or either way. */
const security = {
  none: [],
  optional: [{}, { token: [] }],
  required: [{ token: [] }]
} as const

/** Every refusal is the same envelope; what it means stands in its code. Described once, and referred to. */
const Failure = FailureWire.annotate({ identifier: "Failure" })

const failures = [400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504].map((status) =>
  Failure.pipe(HttpApiSchema.status(status))
)

const answeredBy = (id: OperationId) =>
  ({ success: successOf(Schema.toEncoded(answers[id])), error: failures }) as const

interface Parts {
  readonly params: Schema.Struct<Schema.Struct.Fields>
  readonly rest: Schema.Struct<Schema.Struct.Fields>
  readonly answered: ReturnType<typeof answeredBy>
}

/** The body of a POST is JSON, and so is that of a PUT unless it is the media itself; everything else stands in the path and the query. */
const described = (
  method: Operation["method"],
  id: OperationId,
  path: `/${string}`,
  { answered, params, rest }: Parts
) => {
  switch (method) {
    case "POST":
      return HttpApiEndpoint.post(id, path, { params, payload: rest, ...answered })
    case "PUT":
      return carriesJson(operationOf(id))
        ? HttpApiEndpoint.put(id, path, { params, payload: rest, ...answered })
        : HttpApiEndpoint.put(id, path, { query: rest, payload: media, ...answered })
    case "DELETE":
      return HttpApiEndpoint.delete(id, path, { params, query: rest, ...answered })
    case "GET":
      return HttpApiEndpoint.get(id, path, { params, query: rest, ...answered })
  }
}

const media = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array())

const endpoint = (id: OperationId) => {
  const operation = operationOf(id)
  const path: `/${string}` = `/${operation.path.slice(1).replaceAll(/\{(\w+)\}/gu, ":$1")}`
  const fields: Schema.Struct.Fields = requests[id].from.fields
  const inPath = (name: string) => operation.path.includes(`{${name}}`)
  const pick = (keep: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => keep(name)))
  const answered = answeredBy(id)
  const params = Schema.Struct(pick(inPath))
  const rest = Schema.Struct(pick((name) => !inPath(name)))
  return described(operation.method, id, path, { params, rest, answered })
    .annotate(OpenApi.Summary, operation.summary)
    .annotate(OpenApi.Transform, (document) => ({
      ...document,
      security: security[operation.auth],
      // What calling it may do, in the words of next actions: read, write, spend or approve.
      "x-effect": operation.effect,
      ...(operation.grant === null ? {} : { "x-grant": operation.grant })
    }))
}
