import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Feedbacks } from "../feedback/Feedbacks.ts"
import { contactMissing } from "../identity/ClaimCommand.ts"
import { Claims } from "../identity/Claims.ts"
import { normalise } from "../identity/Contact.ts"
import { answers } from "./Answers.ts"
import { claimAnswer } from "./answers/Claim.ts"
import { feedbackAnswer, feedbackWarnings } from "./answers/Feedback.ts"
import { handler, sessionOf } from "./Handler.ts"
import { requests } from "./Requests.ts"

/** The handlers by which an agent says something: about the service, and about who it belongs to. */
export const feedbackHandlers = Effect.gen(function* () {
  const feedbacks = yield* Feedbacks
  const claims = yield* Claims

  const feedbackCreate = handler({
    request: requests.feedbackCreate,
    answer: answers.feedbackCreate,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const given = yield* feedbacks.give(agent, request, call.traceId)
      return { data: feedbackAnswer(given), warnings: feedbackWarnings(given) }
    })
  })

  const claimRequest = handler({
    request: requests.claimRequest,
    answer: answers.claimRequest,
    run: Effect.fnUntraced(function* ({ contact }, call) {
      const { agent } = yield* sessionOf(call)
      const inbox = yield* Option.match(normalise(contact), {
        onNone: () => Effect.fail(contactMissing()),
        onSome: Effect.succeed
      })
      return { data: claimAnswer(agent, yield* claims.ask(agent, inbox)) }
    })
  })

  return { feedbackCreate, claimRequest }
})
