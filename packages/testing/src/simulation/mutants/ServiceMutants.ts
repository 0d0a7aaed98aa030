import type { Answer } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, textField } from "@image-skill/core/envelope/JsonFields"
import type { Service } from "@image-skill/core/service/Service"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Mutant } from "../Mutants.ts"

/** Of envelopes, tokens and texts. */
export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "says-that-no-money-moved",
    breaks: "says that no money moved where nobody can tell",
    foundBy: "outcomes are true",
    seed: 1,
    mutation: () => ({
      service: (service) => ({
        ...service,
        handle: (...input) =>
          Effect.map(service.handle(...input), (answer) =>
            withError(answer, (error) =>
              error["outcome"] === "unknown" ? { ...error, money_moved: "no", outcome: "rejected" } : error
            )
          )
      })
    })
  },
  {
    name: "invents-a-code",
    breaks: "answers with a code that no table has",
    foundBy: "answers fit the contract",
    seed: 1,
    mutation: () => ({
      service: (service) => ({
        ...service,
        handle: (...input) =>
          Effect.map(service.handle(...input), (answer) =>
            withError(answer, (error) =>
              error["code"] === "INVALID_ARGUMENTS" ? { ...error, code: "BAD_REQUEST" } : error
            )
          )
      })
    })
  },
  {
    name: "leaves-out-a-field",
    breaks: "answers a create without saying which job it is",
    foundBy: "answers fit the contract",
    seed: 1,
    mutation: () => ({
      service: (service) => ({
        ...service,
        handle: (operation, ...input) =>
          Effect.map(service.handle(operation, ...input), (answer) => {
            const { data } = answer.envelope
            if (operation !== "create" || !isJsonObject(data)) return answer
            const left = Object.fromEntries(Object.entries(data).filter(([name]) => name !== "job_id"))
            return { ...answer, envelope: { ...answer.envelope, data: left } }
          })
      })
    })
  },
  {
    name: "stores-tokens-raw",
    breaks: "stores a token in the place of its hash",
    foundBy: "secrets stay where they belong",
    seed: 1,
    mutation: () => ({
      ports: ({ digest }) => ({
        digest: {
          sha256: (content) =>
            typeof content === "string" && content.startsWith("isk_") ? Effect.succeed(content) : digest.sha256(content)
        }
      })
    })
  },
  {
    name: "repeats-the-token",
    breaks: "repeats the token of a request in an error",
    foundBy: "secrets stay where they belong",
    seed: 1,
    mutation: () => ({
      service: (service) => ({
        ...service,
        handle: (operation, body, caller) =>
          Effect.map(service.handle(operation, body, caller), (answer) =>
            withError(answer, (error) => ({
              ...error,
              message: `${textField(error, "message")} (${caller.token === null ? "" : Redacted.value(caller.token)})`
            }))
          )
      })
    })
  },
  {
    name: "keeps-secrets-in-feedback",
    breaks: "stores feedback before anything is cut out of it",
    foundBy: "secrets stay where they belong",
    seed: 2,
    mutation: () => {
      let said = ""
      return {
        service: (service: Service["Service"]) => ({
          ...service,
          handle: (...input) => {
            const [operation, body] = input
            if (operation === "feedbackCreate" && isJson(body)) said = textField(body, "body")
            return service.handle(...input)
          }
        }),
        ports: ({ feedback }) => ({
          feedback: {
            insert: (report) => feedback.insert({ ...report, texts: { ...report.texts, body: said } })
          }
        })
      }
    }
  },
  {
    name: "repeats-the-prompt",
    breaks: "repeats the prompt of a request in its answer",
    foundBy: "secrets stay where they belong",
    seed: 1,
    mutation: () => ({
      service: (service) => ({
        ...service,
        handle: (operation, body, caller) =>
          Effect.map(service.handle(operation, body, caller), (answer) => ({
            ...answer,
            envelope: {
              ...answer.envelope,
              warnings: isJson(body) ? [...answer.envelope.warnings, textField(body, "prompt")] : []
            }
          }))
      })
    })
  }
]

const isJson = Schema.is(Schema.Json)

const withError = (answer: Answer, change: (error: Schema.JsonObject) => Schema.JsonObject): Answer => {
  const { error } = answer.envelope
  return isJsonObject(error) ? { ...answer, envelope: { ...answer.envelope, error: change(error) } } : answer
}
