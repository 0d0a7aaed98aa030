import * as Effect from "effect/Effect"
import { main, tell, words } from "../../Program.ts"
import { pay, type Payment, plain } from "./Payment.ts"

// One run of a payment in a process of its own, killed where the test wants it to die.
const payment = JSON.parse(words[0] ?? "") as Payment

const onStep = (step: string) =>
  Effect.sync(() => {
    if (step === payment.dieAt) process.kill(process.pid, "SIGKILL")
  })

main(Effect.map(pay(payment, onStep), (outcome) => tell(JSON.parse(plain(outcome)))))
