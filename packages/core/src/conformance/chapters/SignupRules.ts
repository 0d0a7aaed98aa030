import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { at, gives, holds, refuses, skip, textAt } from "../Expect.ts"
import { type Ask, Prober, signup } from "../Prober.ts"
import { type Chapter, type Check, must, type Rule, should } from "../Rule.ts"
import { absent, holding, id, is, like, not, object, orAbsent, time } from "../Shape.ts"

const first = signup("stranger")

const another = (fields: Schema.JsonObject): Ask => ({
  method: "POST",
  path: "/v1/agent-signups",
  body: { agent_name: "conformance-$run-other", runtime: "image-skill-conformance", return_token: true, ...fields }
})

const wrong = (name: string, title: string, fields: Schema.JsonObject): Rule =>
  must(`A3.5-${name}`, title, refuses(another(fields), "INVALID_ARGUMENTS", { status: 400 }))

const contact = "poster-conformance-$run@conformance.example"
const contacted = another({ agent_name: "conformance-$run-contact", agent_contact: contact })

const ownOrganizations: Check = Effect.flatMap(Effect.all([gives(signup("agent")), gives(first)]), ([mine, theirs]) =>
  holds(
    ["data.agent_id", "data.organization_id"].every((path) => textAt(mine, path) !== textAt(theirs, path)),
    theirs,
    "another agent in another organization",
    at(theirs, "data.organization_id")
  )
)

export const signupRules: Chapter = {
  id: "signup",
  title: "Signup",
  rules: [
    must(
      "A3.5-token",
      "A signup without a contact gives a restricted token, once",
      gives(first, { "data.token": like(/^isk_r_[A-Za-z0-9]{28,}$/u, "isk_r_ and 28 or more letters and digits") })
    ),
    must("A3.5-agent", "It says who the agent is", gives(first, { "data.agent_id": id("agt") })),
    must("A3.5-organization", "It says whose the agent is", gives(first, { "data.organization_id": id("org") })),
    must("A3.5-unclaimed", "Nobody has claimed the agent", gives(first, { "data.claim_state": is("unclaimed") })),
    should(
      "A3.5-class",
      "The class of the token is restricted",
      gives(first, { "data.token_class": is("restricted") })
    ),
    should(
      "A3.5-grants",
      "The grants of a new agent let it look, make and pay",
      gives(first, {
        "data.grants": holding("identity.read", "quota.read", "image.create.preview", "asset.upload", "credits.quote")
      })
    ),
    should("A3.5-created", "It says when the token was made", gives(first, { "data.token_created_at": time })),
    must("A3.5-storage", "Its storage is an object or left out", gives(first, { "data.storage": orAbsent(object) })),
    must(
      "A3.5-actor",
      "The actor of the answer is the new agent",
      Effect.flatMap(gives(first), (heard) =>
        holds(
          at(heard, "actor") === null || textAt(heard, "actor.actor_id") === textAt(heard, "data.agent_id"),
          heard,
          "the agent of data, or null",
          at(heard, "actor.actor_id")
        )
      )
    ),
    must(
      "A3.5-no-store",
      "The answer with the token is not kept by caches",
      Effect.flatMap(gives(first), (heard) =>
        holds(
          /no-store/iu.test(heard.headers["cache-control"] ?? ""),
          heard,
          "cache-control: no-store",
          heard.headers["cache-control"]
        )
      )
    ),
    must("D2.1-own", "Two signups without a contact are two agents in two organizations", ownOrganizations),
    must(
      "A3.5-no-token",
      "No token is given to whoever does not ask for one",
      gives(another({ return_token: false }), { "data.token": absent })
    ),
    wrong("no-name", "A signup without a name is refused", { agent_name: null }),
    wrong("blank-name", "So is one with a blank name", { agent_name: "   " }),
    wrong("long-name", "So is one with a name of 81 characters", { agent_name: "x".repeat(81) }),
    wrong("number-name", "So is one whose name is a number", { agent_name: 7 }),
    wrong("no-runtime", "So is one without a runtime", { runtime: null }),
    wrong("flag", "So is one whose return_token is a text", { return_token: "true" }),
    must(
      "A3.5-contact",
      "A contact that is no inbox is refused, and is named as the reason",
      Effect.flatMap(
        refuses(another({ agent_contact: "nobody" }), "INVALID_ARGUMENTS", {
          fields: { "error.recovery.suggested_command": like(/^image-skill signup\b/u, "image-skill signup ...") }
        }),
        (heard) => holds(/agent[-_]contact/u.test(heard.text), heard, "agent_contact named", at(heard, "error.message"))
      )
    ),
    wrong("two-contacts", "Two contacts that differ are refused", {
      agent_contact: "a-$run@conformance.example",
      human_email: "b-$run@conformance.example"
    }),
    must(
      "A1.8-contact",
      "A contact is shown masked",
      gives(contacted, { "data.agent_contact": like(/^p\*+[0-9a-f]?@c\*+/u, "first and last letter only") })
    ),
    must(
      "A1.8-contact-whoami",
      "So it is wherever the agent is shown",
      Effect.flatMap(gives(contacted), (heard) => {
        const token = textAt(heard, "data.token")
        return token === ""
          ? skip("the signup with a contact gave no token")
          : gives(
              { path: "/v1/whoami", headers: { authorization: `Bearer ${token}` } },
              { "data.actor.agent_contact": not(like(/poster-conformance/u, "the contact as it was given")) }
            )
      })
    ),
    must(
      "D2.1-contact",
      "Whoever knows the contact of somebody gets into nobody's organization",
      Effect.flatMap(Effect.all([gives(contacted), gives({ ...contacted, again: 2 })]), ([mine, theirs]) =>
        holds(
          textAt(mine, "data.organization_id") !== textAt(theirs, "data.organization_id"),
          theirs,
          "another organization",
          at(theirs, "data.organization_id")
        )
      )
    ),
    must(
      "A3.6-same",
      "The token is the new agent's",
      Effect.flatMap(Prober, ({ token }) =>
        Effect.flatMap(Effect.all([gives(first), token("stranger")]), ([heard]) =>
          gives({ path: "/v1/whoami", as: "stranger" }, { "data.actor.actor_id": is(textAt(heard, "data.agent_id")) })
        )
      )
    )
  ]
}
