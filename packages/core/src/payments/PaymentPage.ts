import { lineOf, bareStart } from "../envelope/Start.ts"
import { type Attempt, isOpen } from "./Attempt.ts"
import { quoteCommand } from "./PaymentCommands.ts"

/** What `GET /pay/ATTEMPT` answers (contract/api.md 5.9, decision D4.10). Looking at it changes nothing. */
export type PaymentPage =
  | { readonly _tag: "Redirect"; readonly url: string }
  | { readonly _tag: "Page"; readonly status: 200 | 404 | 410 | 503; readonly html: string }

/** Of an attempt; null where there is none, or none that a person could open. */
export const pageOf = (attempt: Attempt | null, now: string): PaymentPage => {
  if (attempt === null || attempt.checkout === null) return notFound
  if (attempt.status === "succeeded") return paid(attempt)
  if (isOpen(attempt) && attempt.expiresAt > now) {
    return attempt.status === "processing" ? underWay : { _tag: "Redirect", url: attempt.checkout.url }
  }
  return over(attempt)
}

const paid = ({ amountCents, credits }: Attempt): PaymentPage =>
  page(200, "Paid", "✓", [
    `${dollars(amountCents)} was paid, and ${credits} credits were added.`,
    "You can close this page. The agent that asked for them can go on."
  ])

const underWay: PaymentPage = page(200, "Payment under way", "…", [
  "The payment was sent and is not confirmed yet. Some ways to pay take a while.",
  "There is nothing more to do here. The credits come by themselves."
])

const titles = { expired: "This link has expired", failed: "The payment failed", canceled: "The payment was canceled" }

const over = (attempt: Attempt): PaymentPage => {
  const { credits, methodId, status } = attempt
  const title = status === "failed" ? titles.failed : status === "canceled" ? titles.canceled : titles.expired
  const again = lineOf(quoteCommand({ credits, methodId, packId: null }, null), bareStart)
  return page(
    410,
    title,
    "×",
    ["Nothing was charged through this link.", "To pay after all, ask the agent for a new one. It can run:"],
    again
  )
}

const notFound: PaymentPage = page(404, "There is no payment here", "?", [
  "The address may be incomplete. Ask the agent for it once more."
])

export const unavailable: PaymentPage = page(503, "Please try again", "…", [
  "The payment could not be looked up just now. Nothing happened. Load this page again in a minute."
])

const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`

/** No id, no script, nothing from elsewhere: safe to be fetched in advance, and readable on a phone. */
function page(
  status: 200 | 404 | 410 | 503,
  title: string,
  sign: string,
  lines: ReadonlyArray<string>,
  command?: string
): PaymentPage {
  const text = lines.map((line) => `<p>${escape(line)}</p>`).join("\n")
  const code = command === undefined ? "" : `\n<pre tabindex="0"><code>${escape(command)}</code></pre>`
  const tone = status === 200 ? "good" : "calm"
  return {
    _tag: "Page",
    status,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style>${styles}</style>
</head>
<body>
<main class="${tone}">
<div class="sign" aria-hidden="true">${sign}</div>
<h1>${escape(title)}</h1>
${text}${code}
</main>
<footer>Image Skill</footer>
</body>
</html>
`
  }
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const styles = `
:root{color-scheme:light dark;--ink:#1c1f24;--soft:#5b626d;--paper:#f6f5f2;--card:#fff;--line:#e3e0da;--good:#1c7c4a;--calm:#6b5a2e}
@media (prefers-color-scheme:dark){:root{--ink:#eceae5;--soft:#a9aeb8;--paper:#15171a;--card:#1d2024;--line:#31353b;--good:#5cc490;--calm:#d0b873}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;padding:24px;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:27rem;background:var(--card);border:1px solid var(--line);border-radius:16px;padding:28px 24px}
.sign{width:44px;height:44px;border-radius:50%;border:2px solid currentColor;display:flex;align-items:center;justify-content:center;font-size:22px;line-height:1}
.good .sign{color:var(--good)}.calm .sign{color:var(--calm)}
h1{font-size:1.4rem;line-height:1.25;margin:18px 0 10px;text-wrap:balance}
p{margin:0 0 10px;color:var(--soft)}
pre{margin:14px 0 0;padding:12px;border-radius:10px;background:var(--paper);border:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
footer{margin-top:18px;font-size:13px;color:var(--soft)}`
