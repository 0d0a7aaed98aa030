import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { actorOf } from "../identity/Actor.ts"
import { authRequired } from "../identity/SignupCommand.ts"
import { CreateJob } from "../jobs/CreateJob.ts"
import { answers } from "./Answers.ts"
import { createdAnswer, plannedAnswer } from "./answers/Create.ts"
import { signupAnswer } from "./answers/Identity.ts"
import { Deployment } from "./Deployment.ts"
import { handler } from "./Handler.ts"
import { requests } from "./Requests.ts"
import { Signups } from "./Signups.ts"

/** The handlers of everything that writes or spends. */
export const writeHandlers = Effect.gen(function* () {
  const signups = yield* Signups
  const jobs = yield* CreateJob
  const deployment = yield* Deployment

  const signup = handler({
    request: requests.signup,
    answer: answers.signup,
    run: Effect.fnUntraced(function* (request, { caller, traceId }) {
      const { quota, signedUp, warnings } = yield* signups.signup(request, caller, traceId)
      return { data: signupAnswer(signedUp, quota), warnings, actor: actorOf(signedUp.agent) }
    })
  })

  const create = handler({
    request: requests.create,
    answer: answers.create,
    run: Effect.fnUntraced(function* (request, { session, traceId }) {
      const agent = session?.agent ?? null
      if (request.dryRun === true) {
        const planned = yield* jobs.plan(agent, request, traceId)
        const createdAt = DateTime.formatIso(yield* DateTime.now)
        return { data: plannedAnswer(planned, traceId, createdAt), warnings: planned.warnings }
      }
      if (agent === null) return yield* authRequired()
      const created = yield* jobs.create(agent, request, traceId)
      return { data: createdAnswer(created, deployment.urlOf), warnings: created.warnings }
    })
  })

  return { signup, create }
})
