import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { ErrorCode } from "../../envelope/ErrorRegistry.ts"
import { gives, holds, refuses } from "../Expect.ts"
import type { Ask, Role } from "../Prober.ts"
import { type Chapter, must, type Rule } from "../Rule.ts"
import { is, list, object } from "../Shape.ts"

const run = (argv: Schema.Json, as?: Role): Ask => ({
  method: "POST",
  path: "/v1/cli",
  body: { argv },
  ...(as === undefined ? {} : { as })
})

const badArgv = (name: string, title: string, argv: Schema.Json): Rule =>
  must(`A12.1-${name}`, title, refuses(run(argv), "INVALID_ARGUMENTS", { status: 400 }))

const notHere = (name: string, title: string, code: ErrorCode, ...argv: ReadonlyArray<string>): Rule =>
  must(`A12.1-${name}`, title, refuses(run(argv), code, { status: 400 }))

export const argvRules: Chapter = {
  id: "argv",
  title: "Commands over HTTP",
  rules: [
    must(
      "A12.1-models",
      "A command runs as it would at a shell, under its own label",
      gives(run(["models", "list", "--json"]), { command: is("image-skill models list"), "data.models": list() })
    ),
    must(
      "A12.1-name",
      "The name of the program in front is left out",
      gives(run(["image-skill", "credits", "packs", "list"]), { command: is("image-skill credits packs list") })
    ),
    must(
      "A12.1-token",
      "It runs as whoever sends it",
      gives(run(["whoami"], "agent"), { command: is("image-skill whoami"), "data.authenticated": is(true) })
    ),
    must("A12.1-nobody", "Without a token it is nobody", refuses(run(["whoami"]), "AUTH_REQUIRED")),
    must("A12.1-help", "Help is there", gives(run(["help"]), { data: object })),
    badArgv("no-list", "Words in one text are refused", "models list"),
    badArgv("numbers", "So are words that are numbers", ["models", 7]),
    badArgv(
      "many",
      "So are more than 64 words",
      Array.from({ length: 65 }, () => "models")
    ),
    badArgv("long", "So is a word of 16,001 characters", ["models", "show", "x".repeat(16_001)]),
    notHere(
      "doctor",
      "What needs the caller's machine does not run here",
      "PUBLIC_CLI_COMMAND_NOT_AVAILABLE",
      "doctor"
    ),
    notHere("unknown", "What is no command does not run", "PUBLIC_CLI_COMMAND_NOT_AVAILABLE", "conformance-$run"),
    notHere(
      "flag",
      "A token in a flag is not read here",
      "PUBLIC_CLI_FLAG_NOT_AVAILABLE",
      "whoami",
      "--token",
      "isk_r_none"
    ),
    notHere(
      "credential",
      "A payment credential in a flag is refused",
      "PAYMENT_CREDENTIAL_FLAG_REJECTED",
      "credits",
      "quote",
      "--card-number",
      "conformance-secret"
    ),
    must(
      "A12.1-refusal",
      "A refusal of the command is the refusal of the request",
      refuses(run(["models", "show", "conformance.$run"]), "MODEL_NOT_FOUND")
    ),
    must(
      "A12.1-signup",
      "A signup over this address shows its token only where that is asked for",
      Effect.flatMap(
        gives(
          run(["signup", "--agent", "--agent-name", "conformance-$run-argv", "--runtime", "image-skill-conformance"])
        ),
        (heard) => holds(!/isk_r_[A-Za-z0-9]{12}/u.test(heard.text), heard, "no token", "one that begins with isk_r_")
      )
    )
  ]
}
