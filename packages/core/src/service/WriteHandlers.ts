import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type Agent, actorOf } from "../identity/Actor.ts"
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
import { topUpFacts } from "./TopUpFacts.ts"

/** The handlers of everything that writes or spends. */
export const writeHandlers = Effect.gen(function* () {
  const signups = yield* Signups
  const jobs = yield* CreateJob
  const edits = yield* EditJob
  const links = yield* MediaLinks
  const topUps = yield* topUpFacts

  /** What was made is told even where what is left cannot be read. */
  const afterwards = (agent: Agent) => Effect.orElseSucceed(topUps.open(agent), () => null)

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
        const topUp = agent === null ? null : yield* topUps.open(agent, planned.plan.price.credits)
        return { data: plannedAnswer(planned, traceId, createdAt, topUp), warnings: planned.warnings }
      }
      if (agent === null) return yield* authRequired()
      const created = yield* jobs.create(agent, request, traceId)
      const [urlOf, topUp] = [yield* links.urlsOf(created.assets), yield* afterwards(agent)]
      return { data: createdAnswer(created, urlOf, topUp), warnings: created.warnings }
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
        const topUp = yield* topUps.open(agent, planned.plan.price.credits)
        return { data: plannedEditAnswer(planned, call.traceId, createdAt, topUp), warnings: planned.warnings }
      }
      const edited = yield* edits.edit(agent, request, call.traceId)
      const [urlOf, topUp] = [yield* links.urlsOf(edited.assets), yield* afterwards(agent)]
      return { data: editedAnswer(edited, urlOf, topUp), warnings: edited.warnings }
    })
  })

  return { signup, create, edit }
})
