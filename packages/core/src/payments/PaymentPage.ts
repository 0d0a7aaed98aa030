import { bareStart, lineOf } from "../envelope/Start.ts"
import { type Attempt, isOpen } from "./Attempt.ts"
import { quoteCommand } from "./PaymentCommands.ts"

/** What `GET /pay/ATTEMPT` answers (contract/api.md 5.9, decision D4.10). Looking at it changes nothing. */
export type PaymentPage =
  | { readonly _tag: "Redirect"; readonly url: string }
  | { readonly _tag: "Page"; readonly status: PageStatus; readonly html: string }

type PageStatus = 200 | 404 | 410 | 503

/** Of an attempt; null where there is none. One that no person could open reads the same. */
export const pageOf = (attempt: Attempt | null, now: string): PaymentPage => {
  const checkout = attempt?.checkout ?? null
  if (attempt === null || checkout === null) return notFound()
  if (attempt.status === "succeeded") return paid(attempt)
  if (attempt.exception !== null) return odd(attempt)
  if (attempt.status === "processing") return underWay(attempt)
  if (isOpen(attempt)) return attempt.expiresAt > now ? { _tag: "Redirect", url: checkout.url } : late(attempt)
  return over(attempt)
}

/** The database could not be asked. */
export const unavailable = (): PaymentPage =>
  page({
    status: 503,
    title: "Please try again",
    sign: "wait",
    lines: ["The payment could not be looked up just now. What was paid stays paid. Load this page again in a minute."]
  })

const paid = (attempt: Attempt): PaymentPage =>
  page({
    status: 200,
    title: "Paid",
    sign: "done",
    attempt,
    lines: ["The payment arrived and the credits were added.", "You can close this page. Your agent can go on."]
  })

const underWay = (attempt: Attempt): PaymentPage =>
  page({
    status: 200,
    title: "Payment on its way",
    sign: "wait",
    attempt,
    lines: [
      "It was sent and is not confirmed yet. Some ways to pay take a few days.",
      "There is nothing more to do. The credits come by themselves."
    ],
    refreshSeconds: 30
  })

/** Money arrived that is not what was asked for: nobody may be told to pay again. */
const odd = (attempt: Attempt): PaymentPage =>
  page({
    status: 200,
    title: "Payment under review",
    sign: "wait",
    attempt,
    lines: [
      "A payment arrived that does not match what was asked for, so no credits were added yet.",
      "Please do not pay again. Whoever runs this service has to look at it."
    ]
  })

/** Its time is up, and what became of it is not known yet: it may have been paid in the last second. */
const late = (attempt: Attempt): PaymentPage =>
  page({
    ...again(attempt),
    title: "The time to pay is over",
    lines: [
      "If you paid a moment ago, wait: this page will say so.",
      "If not, ask your agent for a new link. It can run:"
    ],
    refreshSeconds: 15
  })

const titles = { expired: "This link has expired", failed: "The payment failed", canceled: "The payment was canceled" }

const over = (attempt: Attempt): PaymentPage => {
  const { status } = attempt
  return page({
    ...again(attempt),
    title: titles[status === "failed" || status === "canceled" ? status : "expired"],
    lines: ["No money was taken through it.", "To pay after all, ask your agent for a new link. It can run:"]
  })
}

const again = (attempt: Attempt) => {
  const { credits, methodId } = attempt
  const command = lineOf(quoteCommand({ credits, methodId, packId: null }, null), bareStart)
  return { status: 410, sign: "over", attempt, command } as const
}

const notFound = (): PaymentPage =>
  page({
    status: 404,
    title: "There is no payment here",
    sign: "over",
    lines: ["The address may be incomplete. Ask your agent for it once more."]
  })

interface Shown {
  readonly status: PageStatus
  readonly title: string
  readonly sign: keyof typeof signs
  readonly lines: ReadonlyArray<string>
  /** What it was for. */
  readonly attempt?: Attempt
  readonly command?: string
  /** The page will say something else by itself before long. */
  readonly refreshSeconds?: number
}

/** No id, no script, nothing from elsewhere: safe to be fetched in advance, and readable on a phone. */
const page = ({ attempt, command, lines, refreshSeconds, sign, status, title }: Shown): PaymentPage => ({
  _tag: "Page",
  status,
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${
    refreshSeconds === undefined ? "" : `\n<meta http-equiv="refresh" content="${refreshSeconds}">`
  }
<title>${escape(title)} · Image Skill</title>
<style>${styles}</style>
</head>
<body>
<main class="${sign}">
<svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true"><circle cx="24" cy="24" r="23"/><path d="${signs[sign]}"/></svg>
<h1>${escape(title)}</h1>
${lines.map((line) => `<p>${escape(line)}</p>`).join("\n")}${
    command === undefined ? "" : `\n<pre tabindex="0"><code>${unbroken(command)}</code></pre>`
  }${attempt === undefined ? "" : `\n${terms(attempt)}`}
</main>
<footer>Image Skill</footer>
</body>
</html>
`
})

const terms = ({ amountCents, credits }: Attempt): string =>
  `<dl><div><dt>For</dt><dd>${credits} credits</dd></div><div><dt>Price</dt><dd>${dollars(amountCents)}</dd></div></dl>`

const dollars = (cents: number): string => `$${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, "0")}`

export const escape = (text: string): string =>
  text
    .replaceAll(unseen, (character) => `⟨${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

/** What hides in a text or turns its order around; it is shown as its number. */
const unseen = /[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]/gu

/** A command whose words stay whole where it is wrapped: a flag is not to be read as two. */
const unbroken = (command: string): string =>
  command
    .split(" ")
    .map((word) => `<span>${escape(word)}</span>`)
    .join(" ")

/** Lines of an icon in a square of 48. */
export const signs = { done: "M15 25l6.5 6.5L34 18", wait: "M24 13v12l7.5 4.5", over: "M17 17l14 14M31 17L17 31" }

export const styles = `
:root{color-scheme:light dark;--ink:#1b1e23;--soft:#565d68;--paper:#f4f3f0;--card:#fff;--line:#e2dfd8;--done:#17734a;--wait:#8a5a00;--over:#6a6e76}
@media (prefers-color-scheme:dark){:root{--ink:#edebe6;--soft:#a8adb7;--paper:#131518;--card:#1c1f23;--line:#30343a;--done:#5cc794;--wait:#e0b45c;--over:#9a9fa8}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:18px;padding:24px 16px;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{width:100%;max-width:27rem;background:var(--card);border:1px solid var(--line);border-radius:18px;padding:32px 24px 26px;box-shadow:0 12px 32px -20px rgb(0 0 0/.35)}
svg{display:block;fill:none;stroke:currentColor;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
circle{fill:currentColor;fill-opacity:.12;stroke:none}
.done svg{color:var(--done)}.wait svg{color:var(--wait)}.over svg{color:var(--over)}
h1{font-size:1.5rem;line-height:1.2;letter-spacing:-.01em;margin:18px 0 10px;text-wrap:balance}
p{margin:0 0 8px;color:var(--soft);text-wrap:pretty}
pre{margin:14px 0 0;padding:12px 14px;border-radius:10px;background:var(--paper);border:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code span{white-space:nowrap}
dl{margin:20px 0 0;padding-top:14px;border-top:1px solid var(--line)}
dl div{display:flex;justify-content:space-between;gap:16px;padding:2px 0}
dt{color:var(--soft)}dd{margin:0;font-variant-numeric:tabular-nums;font-weight:600}
footer{font-size:13px;color:var(--soft)}
`
