import type { Approval } from "../credits/SpendPolicies.ts"
import { escape, signs, styles } from "../payments/PaymentPage.ts"

/** What `GET|POST /approve/ID` answers: a page, with its HTTP status. Looking at it changes nothing. */
export interface ApprovalHtml {
  readonly status: 200 | 403 | 404 | 410 | 413 | 503
  readonly html: string
}

/** The question with its form; `isRefused` after a token that may not decide it. */
export const question = (approval: Approval, isRefused: boolean): ApprovalHtml =>
  page({
    status: isRefused ? 403 : 200,
    title: isRefused ? "This token cannot decide it" : "Your agent asks for approval",
    sign: "wait",
    lines: isRefused
      ? ["It is not a valid owner's token of this organization. Nothing was decided."]
      : [about(approval)],
    approval,
    form: true
  })

/** After a decision: of this moment, or of before. */
export const decided = (approval: Approval): ApprovalHtml =>
  approval.state === "denied"
    ? page({
        status: 200,
        title: "Denied",
        sign: "over",
        lines: ["The request was denied. Nothing is spent by it."],
        approval
      })
    : page({
        status: 200,
        title: "Approved",
        sign: "done",
        lines: [
          approval.change === null
            ? "Exactly this request may now pass once, within a day. Your agent can repeat it."
            : "What your agent may spend was changed as it asked.",
          "You can close this page."
        ],
        approval
      })

/** It was decided before, or its time is over. */
export const over = ({ decidedAt, expiresAt, state }: Approval): ApprovalHtml =>
  page({
    status: 410,
    title: state === "pending" ? "This request has expired" : "This request was decided",
    sign: "over",
    lines: [
      state === "pending"
        ? `Its time was over at ${expiresAt}. Nothing was approved.`
        : `It was ${state === "denied" ? "denied" : "approved"} at ${decidedAt ?? expiresAt}.`,
      "Your agent can ask again by repeating its request."
    ]
  })

export const missing = (): ApprovalHtml =>
  page({
    status: 404,
    title: "There is no request here",
    sign: "over",
    lines: ["The address may be incomplete. Ask your agent for it once more."]
  })

export const unreadable = (): ApprovalHtml =>
  page({ status: 413, title: "Nothing was decided", sign: "over", lines: ["What was sent is not this page's form."] })

export const unavailable = (): ApprovalHtml =>
  page({
    status: 503,
    title: "Please try again",
    sign: "wait",
    lines: ["The request could not be looked up just now, so nothing was decided. Load this page again in a minute."]
  })

const about = ({ change, credits, operation, rule, subject }: Approval): string => {
  if (change !== null) return "It wants to be allowed to spend more than it may now."
  return operation === "credits buy"
    ? `It wants to buy ${credits} credits by ${subject}, which your spend policy does not allow by itself.`
    : `It wants to spend ${credits} credits with ${subject}, which your spend policy does not allow by itself (${rule.replaceAll("_", " ")}).`
}

interface Shown {
  readonly status: ApprovalHtml["status"]
  readonly title: string
  readonly sign: keyof typeof signs
  readonly lines: ReadonlyArray<string>
  readonly approval?: Approval
  readonly form?: boolean
}

/** No script, nothing from elsewhere, and no prompt: what an agent wrote does not stand on it but for its name. */
const page = ({ approval, form = false, lines, sign, status, title }: Shown): ApprovalHtml => ({
  status,
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)} · Image Skill</title>
<style>${styles}${formStyles}</style>
</head>
<body>
<main class="${sign}">
<svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true"><circle cx="24" cy="24" r="23"/><path d="${signs[sign]}"/></svg>
<h1>${escape(title)}</h1>
${lines.map((line) => `<p>${escape(line)}</p>`).join("\n")}${approval === undefined ? "" : `\n${terms(approval)}`}${form ? `\n${decisionForm}` : ""}
</main>
<footer>Image Skill</footer>
</body>
</html>
`
})

const terms = ({ agentId, agentName, change, credits, expiresAt, limit, operation, subject }: Approval): string => {
  const rows = [
    ["Agent", `${agentName} (${agentId})`],
    ["Request", operation],
    ["For", subject],
    ...(change === null ? [["Credits", `${credits}`]] : [["Change", JSON.stringify(change)]]),
    ...(limit === null ? [] : [["Allowed", `${limit} credits`]]),
    ["Until", expiresAt]
  ]
  return `<dl>${rows.map(([name = "", value = ""]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join("")}</dl>`
}

const decisionForm = `<form method="post" autocomplete="off">
<label for="token">Owner's token</label>
<input id="token" name="token" type="password" required minlength="38" maxlength="200" autocomplete="off" spellcheck="false">
<div class="choices"><button name="decision" value="approved">Approve once</button><button name="decision" value="denied" class="no">Deny</button></div>
</form>`

const formStyles = `
dd{overflow-wrap:anywhere;text-align:right}
form{margin:20px 0 0;padding-top:16px;border-top:1px solid var(--line)}
label{display:block;margin:0 0 6px;color:var(--soft)}
input{width:100%;padding:10px 12px;border:1px solid var(--line);border-radius:10px;background:var(--paper);color:var(--ink);font:inherit}
.choices{display:flex;gap:12px;margin-top:14px}
button{flex:1;padding:11px 12px;border:1px solid var(--done);border-radius:10px;background:var(--done);color:#fff;font:inherit;font-weight:600;cursor:pointer}
button.no{border-color:var(--line);background:transparent;color:var(--ink)}
`
