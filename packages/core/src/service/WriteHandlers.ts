import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { actorOf } from "../identity/Actor.ts"
import { authRequired } from "../identity/SignupCommand.ts"
import { CreateJob } from "../jobs/CreateJob.ts"
import { EditJob } from "../jobs/EditJob.ts"
import { MediaLinks } from "../media/MediaLinks.ts"
import { answers } from "./Answers.ts"
import { createdAnswer, editedAnswer, plannedAnswer, plannedEditAnswer } from "./answers/Create.ts"
import { signupAnswer } from "./answers/Identity.ts"
import { handler, sessionOf } from "./Handler.ts"
import { requests } from "./Requests.ts"
import { Signups } from "./Signups.ts"

/** The handlers of everything that writes or spends. */
export const writeHandlers = Effect.gen(function* () {
  const signups = yield* Signups
  const jobs = yield* CreateJob
  const edits = yield* EditJob
  const links = yield* MediaLinks

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
      return { data: createdAnswer(created, yield* links.urlsOf(created.assets)), warnings: created.warnings }
    })
  })

  const edit = handler({
    request: requests.edit,
    answer: answers.edit,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      if (request.dryRun === true) {
        const planned = yield* edits.plan(agent, request, call.traceId)
        const createdAt = DateTime.formatIso(yield* DateTime.now)
        return { data: plannedEditAnswer(planned, call.traceId, createdAt), warnings: planned.warnings }
      }
      const edited = yield* edits.edit(agent, request, call.traceId)
      return { data: editedAnswer(edited, yield* links.urlsOf(edited.assets)), warnings: edited.warnings }
    })
  })

  return { signup, create, edit }
})
