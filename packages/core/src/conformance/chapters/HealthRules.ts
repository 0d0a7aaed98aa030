import * as Effect from "effect/Effect"
import { answers, ask, gives, holds } from "../Expect.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { absent, is, like, object, text, time } from "../Shape.ts"

const health = { path: "/healthz" }

const document = (id: string, path: string): Rule =>
  should(
    id,
    `${path} is a text that is not empty`,
    Effect.flatMap(
      answers(
        { path },
        { status: 200, headers: { "content-type": like(/^text\/(?:markdown|plain)/iu, "text/markdown or text/plain") } }
      ),
      (heard) =>
        holds(
          heard.text.trim().length > 80 && !/^\s*<(?:!doctype|html)/iu.test(heard.text),
          heard,
          "a document in text",
          heard.text
        )
    )
  )

export const healthRules: Chapter = {
  id: "health",
  title: "Health and documents",
  rules: [
    must("A12.2-ready", "A service that is ready says ok, without a token", gives(health, { "data.status": is("ok") })),
    must("A12.2-version", "It names the version of its API", gives(health, { "data.api_version": text })),
    should("A12.2-checks", "It says what it has checked", gives(health, { "data.checks": object })),
    should("A12.2-time", "It tells the time in UTC", gives(health, { "data.time": time })),
    must(
      "A12.2-open",
      "A token that nobody knows is no reason to be unhealthy",
      gives(
        { ...health, headers: { authorization: "Bearer isk_r_conformance$run" } },
        { "data.status": is("ok"), actor: absent }
      )
    ),
    should(
      "A12.2-cheap",
      "Health is not kept by caches",
      Effect.flatMap(ask(health), ({ headers, request }) =>
        holds(
          /no-store/iu.test(headers["cache-control"] ?? ""),
          { request },
          "cache-control: no-store",
          headers["cache-control"]
        )
      )
    ),
    document("A12.3-skill", "/skill.md"),
    document("A12.3-llms", "/llms.txt"),
    document("A12.3-cli", "/cli.md")
  ]
}
