import { commands, list, paragraph } from "./Markdown.ts"
import type { Rule } from "./Rule.ts"

/** Credits, rails and what may never be done twice. */
export const moneyRules = {
  "no-credentials": {
    title: "No payment credentials",
    texts: {
      skill: [
        paragraph(
          "Never send wallet keys, seed phrases, payment headers, client secrets, receipts of other systems, card data or " +
            "Stripe secrets: not as a flag, not in JSON, not in a prompt, not in feedback. No command needs one, every " +
            "command refuses them by name (`PAYMENT_CREDENTIAL_FLAG_REJECTED`, `PAYMENT_CREDENTIAL_REJECTED`), and none " +
            "repeats what was refused. `credits settle` signs with a wallet of this machine that its owner has configured; " +
            "the key never travels."
        )
      ],
      llms: [
        paragraph(
          "Never send wallet keys, seed phrases, payment headers, client secrets, receipts, card data or Stripe secrets to " +
            "any command, prompt or feedback. They are refused and never needed."
        )
      ],
      cli: [
        paragraph(
          "Flags and JSON fields named like wallet keys, seed phrases, payment headers, client secrets, receipts, card data " +
            "or Stripe secrets are refused by every command with `PAYMENT_CREDENTIAL_FLAG_REJECTED`, before anything is " +
            "sent. Never send one by another name either."
        )
      ]
    }
  },
  "start-not-settle": {
    title: "Starting a payment is not settling it",
    texts: {
      skill: [
        paragraph(
          "A rail is a way to pay. `agent_initiated: true` says that you can start it, and nothing more. Only " +
            "`agent_settleable: true` says that you can finish it without a person; then the rail is autonomous. Otherwise " +
            "`settlement_blocker` says what stands in the way. Read both before you promise to pay:"
        ),
        commands(["image-skill credits plan --credits 100 --no-human", "image-skill credits methods"]),
        paragraph(
          "A purchase that was started has moved no money. It is settled when `credits status` says so, and not before."
        )
      ],
      llms: [
        paragraph(
          "A rail is autonomous only with `agent_settleable: true`. `agent_initiated: true` means that you can start it; " +
            "starting is not settling. `settlement_blocker` says why not."
        )
      ],
      cli: [
        paragraph(
          "`agent_initiated` says that an agent can start a rail; only `agent_settleable: true` makes it autonomous, that is, " +
            "lets an agent finish it without a person. Starting a payment (`credits buy`) is not settling it; " +
            "`settlement_blocker` names what is missing."
        )
      ]
    }
  },
  "live-money": {
    title: "Live money",
    texts: {
      skill: [
        paragraph(
          "`live_money: true` is real spending. Stay within the cap that was delegated to you; without a cap there is no " +
            "delegation, so ask. For a deposit pay exactly `token_amount_atomic` of the named token on the named network to " +
            "the given address, before `expires_at`, and only from a wallet that you control. Any other amount, token, " +
            "network or time is lost, not credited. Where a wallet is configured on this machine, let it do that:"
        ),
        commands(["image-skill credits settle --payment-attempt-id PAYMENT_ATTEMPT_ID"]),
        paragraph(
          "It pays once, within the limits of the wallet's owner, and running it again is safe. `--print` shows what another " +
            "wallet has to do, and pays nothing."
        )
      ],
      llms: [
        paragraph(
          "`live_money: true` is real spend: stay within the delegated cap. Pay exactly `token_amount_atomic`, before " +
            "`expires_at`, only from a wallet you control; `credits settle` does that once, within its owner's limits."
        )
      ],
      cli: [
        paragraph(
          "`live_money: true` marks real spend, which needs a delegated cap. Pay exactly `token_amount_atomic`, only from a " +
            "wallet you control, before `expires_at`; other amounts are lost."
        )
      ]
    }
  },
  handoff: {
    title: "What only a person can finish",
    texts: {
      skill: [
        paragraph(
          "When a person has to act, show the hand-off link first, before any explanation; the person may be on a phone, in " +
            "SSH or in a chat. `checkout_handoff_url` is short and made for that. Show a full Stripe Checkout link in a code " +
            "block of its own, whole, with everything behind the `#` untouched: without its fragment the page does not open. " +
            "Promotion codes are typed on Stripe's page only; never ask for one and never send one."
        ),
        paragraph("Then wait for the person, and look instead of asking:"),
        commands(["image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID"])
      ],
      llms: [
        paragraph(
          "Show a person the hand-off link first (phone, SSH, chat). Put a full Checkout link into a code block with its " +
            "`#` fragment untouched. Promotion codes belong on Stripe's page only."
        )
      ],
      cli: [
        paragraph(
          "For `stripe_checkout`, show the person the hand-off link first, on a phone, in SSH and in a chat alike: " +
            "`checkout_handoff_url`, else `checkout_compact_url`. A full Checkout link goes into a code block, its `#` " +
            "fragment untouched. Promotion codes are entered on Stripe's page, never here."
        )
      ]
    }
  },
  idempotency: {
    title: "One key for one intent",
    texts: {
      skill: [
        paragraph(
          "Give every step that makes or buys something its own `--idempotency-key`, made of your run and the step, and keep " +
            "it before the first try:"
        ),
        commands([`image-skill create --prompt "a lighthouse at dusk" --max-usd 0.10 --idempotency-key dusk-7-create`]),
        paragraph(
          "Reuse the same key when you retry the same step: the same key is the same job and at most one debit. A new key is " +
            "a new purchase. When a key was already used for something else (`IDEMPOTENCY_KEY_CONFLICT`, " +
            "`CREDIT_QUOTE_CONFLICT`), run the command in `error.recovery`; it carries the right key."
        )
      ],
      llms: [
        paragraph(
          "One `--idempotency-key` for each run and step, kept before the first try and reused on every retry: same key, same " +
            "job, one debit. On a conflict run the command in `error.recovery`."
        )
      ],
      cli: [
        paragraph(
          "`--idempotency-key` names one intent: one key for each run and step, reused on retry. The same key and the same " +
            "request give the same job, quote or purchase again, and no second debit. The same key for another request is a " +
            "conflict; use its recovery command. Keys that the program makes for you stand in the answer and on stderr."
        )
      ]
    }
  },
  "no-downgrade": {
    title: "No silent downgrade",
    texts: {
      skill: [
        paragraph(
          "When quality was asked for, never swap in a cheaper or a local model to avoid paying. Quote the credits that the " +
            "wanted model needs, and pay or ask for them:"
        ),
        commands(["image-skill credits quote --credits 100 --payment-method METHOD_ID --idempotency-key dusk-7-quote"]),
        paragraph(
          "`selection.downgraded: true` means that a cap forced a lower choice; say so to whoever asked, with the credits of " +
            "the preferred one."
        )
      ],
      llms: [
        paragraph(
          "Never swap in a cheaper model to avoid paying when quality was asked for: quote the credits instead, and report " +
            "`selection.downgraded`."
        )
      ]
    }
  },
  cost: {
    title: "What it costs, before it costs",
    texts: {
      skill: [
        paragraph(
          "Prices are in credits; one credit is one US cent. `data.cost.credit_pricing` of a dry run or of a job is the " +
            "pricing receipt: how many credits, from which price, known or estimated. Before you explore, plan with dry runs " +
            "and set caps:"
        ),
        commands([
          `image-skill create --dry-run --prompt "a lighthouse at dusk"`,
          `image-skill create --prompt "a lighthouse at dusk" --max-estimated-usd-per-image 0.10`
        ]),
        list([
          "`--max-estimated-usd-per-image` guards our debit for one output, not what a provider bills anybody; `--max-usd` " +
            "guards the debit of the whole request. `0` means that nothing may be debited.",
          "`--no-spend` refuses whatever could cost credits or move money, before anything is sent.",
          "A cost that is not known before needs `--accept-unknown-cost`; use it only with a cap that allows it."
        ])
      ],
      llms: [
        paragraph(
          "One credit is one US cent; `data.cost.credit_pricing` is the pricing receipt. Use `--dry-run` and caps " +
            "(`--max-estimated-usd-per-image`, `--max-usd`, `--no-spend`) before exploring. The per-image guard is about our " +
            "debit, not a provider's bill."
        )
      ],
      cli: [
        paragraph(
          "`data.cost.credit_pricing` is the pricing receipt of a dry run or a job: credits, price, confidence. Use dry runs " +
            "and caps before exploration: `--max-estimated-usd-per-image` is a guard on our debit for one output, `--max-usd` " +
            "on that of the request, and `--no-spend` refuses any debit at all. A guard of `0` allows none."
        )
      ]
    }
  },
  retry: {
    title: "Retrying without paying twice",
    texts: {
      skill: [
        paragraph(
          "When `error.outcome` is `unknown`, nobody can tell yet what became of the request. Look it up; never create again " +
            "and never pay again:"
        ),
        commands([
          "image-skill jobs wait JOB_ID",
          "image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID",
          `image-skill doctor`
        ]),
        paragraph(
          "`ARTIFACT_STORAGE_WRITE_FAILED` means that the provider did its work and the result could not be kept: do not " +
            "create again, look at the job. If you no longer have the id, repeat the very same command with the very same " +
            "key. `error.retryable: true` allows just that, after `retry_after_seconds` where it is given."
        )
      ],
      llms: [
        paragraph(
          "`ARTIFACT_STORAGE_WRITE_FAILED`: do not create again, look at the job. Outcome `unknown`: look it up with " +
            "`image-skill jobs wait JOB_ID` or `image-skill credits status --payment-attempt-id PAYMENT_ATTEMPT_ID`; never " +
            "pay again. A retry is the same command with the same key."
        )
      ],
      cli: [
        paragraph(
          "An outcome of `unknown` is looked up (`jobs show`, `jobs wait`, `credits status`), never paid again. After " +
            "`ARTIFACT_STORAGE_WRITE_FAILED` do not create again. Retry only with the same key, and only where " +
            "`error.retryable` is true. After a killed command, its line on stderr and `doctor` have the command that takes " +
            "it up; the note that `doctor` reads lies in the folder `in-flight` beside the saved token."
        )
      ]
    }
  }
} as const satisfies { readonly [id: string]: Rule }
