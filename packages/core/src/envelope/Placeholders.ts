import { type Placeholder, placeholder } from "./CommandLine.ts"

/** The capital words that stand for a value in printed commands (contract/cli.md 9.8), with what to put there. */
export const placeholders = {
  PROMPT: placeholder("PROMPT", "what to make, in your own words", "a lighthouse at dusk"),
  CHANGE: placeholder("CHANGE", "what to change in it, in your own words", "make it night"),
  KEY: placeholder("KEY", "a new idempotency key of yours, kept for retries", "topup-01"),
  NAME: placeholder("NAME", "what this agent is called", "painter"),
  RUNTIME: placeholder("RUNTIME", "the program this agent runs in", "my-runtime"),
  AGENT_NAME: placeholder("AGENT_NAME", "what this agent is called", "painter"),
  RUNTIME_NAME: placeholder("RUNTIME_NAME", "the program this agent runs in", "my-runtime"),
  AGENT_OR_OPERATOR_INBOX: placeholder(
    "AGENT_OR_OPERATOR_INBOX",
    "a durable, address-shaped inbox of the agent, its operator, team or sponsor",
    "agents@example.com"
  ),
  QUOTE_ID: placeholder("QUOTE_ID", "the id of an open quote", "quote_3n7v0c5x9m2q8k4t1r6w"),
  PAYMENT_ATTEMPT_ID: placeholder("PAYMENT_ATTEMPT_ID", "the id of a payment attempt", "payatt_3n7v0c5x9m2q8k4t1r6w"),
  MODEL_ID: placeholder("MODEL_ID", "a model id from models list", "local.storyboard"),
  ASSET_ID: placeholder("ASSET_ID", "the id of an asset you own", "image_3n7v0c5x9m2q8k4t1r6w"),
  JOB_ID: placeholder("JOB_ID", "the id of a job", "job_3n7v0c5x9m2q8k4t1r6w"),
  TITLE: placeholder("TITLE", "what the report is about, in one line", "jobs wait ends too early"),
  BODY: placeholder("BODY", "what happened, without secrets", "jobs wait printed a timeout after five seconds")
} as const satisfies { readonly [name: string]: Placeholder }

export const placeholderNamed = (word: string): Placeholder | undefined => {
  const known: { readonly [name: string]: Placeholder } = placeholders
  return Object.hasOwn(known, word) ? known[word] : undefined
}
