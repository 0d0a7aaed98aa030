import type { Answering, Arrived } from "@image-skill/testing/service/Loopback"
import * as Schema from "effect/Schema"

interface Comment {
  readonly body: string
  readonly updatedAt: string
}

interface Issue extends Comment {
  readonly number: number
  readonly title: string
  readonly labels: ReadonlyArray<string>
  readonly comments: Array<Comment>
}

/** The part of GitHub's issues (docs.github.com/rest/issues) that a queue uses, with its faults. */
export interface GitHub {
  readonly answer: Answering
  readonly issues: ReadonlyArray<Issue>
  /** The next change is made, but whoever asked for it hears nothing of it. */
  readonly loseNextAnswer: () => void
  /** As for a token without push access. */
  readonly dropLabels: () => void
  /** The next request is answered so. */
  readonly refuseWith: (status: number, headers?: { readonly [name: string]: string }) => void
}

const decodeBody = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      title: Schema.optionalKey(Schema.String),
      body: Schema.String,
      labels: Schema.optionalKey(Schema.Array(Schema.String))
    })
  )
)

const url = (number: number) => `https://github.com/acme/reports/issues/${number}`

export const gitHub = (): GitHub => {
  const issues: Array<Issue> = []
  let losing = false
  let labelled = true
  let refusal: { readonly status: number; readonly headers: { readonly [name: string]: string } } | null = null
  const updatedAt = "2026-02-02T00:00:00Z"
  const issueJson = ({ body, labels, number, title }: Issue) => ({
    number,
    title,
    body,
    state: "open",
    html_url: url(number),
    labels: labels.map((name) => ({ name }))
  })

  const read = (path: string, query: URLSearchParams): unknown => {
    const isRecent = (at: string) => at >= (query.get("since") ?? "")
    const number = /^\/repos\/acme\/reports\/issues\/(\d+)\/comments$/u.exec(path)?.[1]
    if (number !== undefined) {
      return issues[Number(number) - 1]?.comments
        .filter((comment) => isRecent(comment.updatedAt))
        .map(({ body }) => ({ body, html_url: `${url(Number(number))}#comment` }))
    }
    const label = query.get("labels")
    return issues
      .filter(({ labels, updatedAt: at }) => isRecent(at) && (label === null || labels.includes(label)))
      .map(issueJson)
  }

  const write = (path: string, { body }: Arrived): unknown => {
    const given = decodeBody(body)
    const number = /\/issues\/(\d+)\/comments$/u.exec(path)?.[1]
    if (number !== undefined) {
      issues[Number(number) - 1]?.comments.push({ body: given.body, updatedAt })
      return { body: given.body, html_url: `${url(Number(number))}#comment` }
    }
    const issue: Issue = {
      number: issues.length + 1,
      title: given.title ?? "",
      body: given.body,
      labels: labelled ? (given.labels ?? []) : [],
      comments: [],
      updatedAt
    }
    issues.push(issue)
    return issueJson(issue)
  }

  return {
    issues,
    loseNextAnswer: () => {
      losing = true
    },
    dropLabels: () => {
      labelled = false
    },
    refuseWith: (status, headers = {}) => {
      refusal = { status, headers }
    },
    answer: (response, request) => {
      if (refusal !== null) {
        response.writeHead(refusal.status, refusal.headers)
        response.end("{}")
        refusal = null
        return
      }
      const [path = "", query = ""] = request.path.split("?", 2)
      const reply = request.method === "POST" ? write(path, request) : read(path, new URLSearchParams(query))
      if (losing && request.method === "POST") {
        losing = false
        response.destroy()
        return
      }
      response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify(reply ?? []))
    }
  }
}
