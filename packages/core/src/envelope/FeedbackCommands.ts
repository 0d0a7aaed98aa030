import type { CommandSpec } from "./CommandSpec.ts"

const prose = (about: string) => ({ kind: "text", value: "TEXT", about, secret: true }) as const

/** The commands by which an agent says something: about the service, and about who it belongs to (contract/cli.md 6.17). */
export const feedbackCommands = {
  "feedback create": {
    about: "Report something to whoever runs the service; secrets are cut out before it is stored",
    effect: "write",
    auth: "required",
    positionals: [],
    flags: {
      title: prose("what it is about, in one line; a title or a body is required"),
      body: prose("what happened"),
      type: { kind: "text", value: "TYPE", about: "e.g. bug, feature_request, docs; default user_feedback" },
      severity: { kind: "text", value: "LEVEL", about: "low, medium, high or critical; default medium" },
      confidence: { kind: "text", value: "LEVEL", about: "low, medium or high; default medium" },
      "next-state": { kind: "text", value: "STATE", about: "watch, triage, promote or close; default watch" },
      command: prose("the command it is about"),
      expected: prose("what you expected"),
      actual: prose("what you got instead"),
      friction: prose("what it cost you"),
      "proof-needed": prose("what would prove it fixed"),
      "strategic-reason": prose("why it matters beyond this case"),
      surface: { kind: "text", value: "LIST", about: "comma-separated, e.g. cli,docs; default cli" },
      evidence: { kind: "text", value: "LIST", about: "comma-separated references, e.g. trace:ID,job:ID" },
      "dedupe-key": {
        kind: "text",
        value: "KEY",
        about: "the same for reports of one thing; made of the title when absent"
      },
      source: { kind: "text", value: "SOURCE", about: "who reports, e.g. the name of a harness" },
      "trace-id": { kind: "text", value: "TRACE_ID", about: "the trace of the answer it is about" },
      "allow-weak-signal": { kind: "switch", about: "no warnings about what the report lacks" }
    },
    examples: [
      "feedback create --title 'jobs wait ends too early' --body 'It printed a timeout after five seconds of thirty.' --evidence trace:trace_7b1e0c94d2f6a835"
    ]
  },
  "claim request": {
    about: "Ask that the person behind an inbox claims this agent",
    effect: "write",
    auth: "required",
    positionals: [],
    flags: {
      contact: {
        kind: "text",
        value: "INBOX",
        required: true,
        about: "required: the inbox of whoever is to claim this agent",
        secret: true
      }
    },
    examples: ["claim request --contact agents@example.com"]
  }
} as const satisfies { readonly [name: string]: CommandSpec }
