import type { AgentOperationId } from "./AgentOperations.ts"
import { agentRequests } from "./AgentRequests.ts"
import { guide } from "./GuideProgram.ts"
import { create, edit, wait } from "./MediaPrograms.ts"
import { buy, plan, quote } from "./PaymentPrograms.ts"
import { able, asks, type Program } from "./Programs.ts"
import { signup } from "./SignupProgram.ts"

/** How each operation of an agent is done. */
export const agentPrograms: { readonly [K in AgentOperationId]: Program } = {
  guide,
  signup,
  whoami: asks(agentRequests.whoami, (service, request, token) => service.whoami(request, token)),
  quota: asks(agentRequests.quota, (service, request, token) => service.quota(request, token)),
  creditsMethods: asks(agentRequests.creditsMethods, (service, request) => service.paymentMethods(request)),
  creditsPacks: asks(agentRequests.creditsPacks, (service, request) => service.creditPacks(request)),
  creditsPlan: plan,
  creditsQuote: quote,
  creditsBuy: buy,
  creditsSettle: able(
    "credits settle",
    agentRequests.creditsSettle,
    ({ settle }, request, session) => settle?.(request, session) ?? null
  ),
  creditsStatus: asks(agentRequests.creditsStatus, (service, request, token) => service.creditsStatus(request, token)),
  // Short rows, as the command line lists them.
  modelsList: asks(agentRequests.modelsList, (service, request) =>
    service.modelsList(request.details === "true" ? request : { compact: "true", ...request })
  ),
  modelsShow: asks(agentRequests.modelsShow, (service, request) => service.modelsShow(request)),
  capabilitiesList: asks(agentRequests.capabilitiesList, (service, request) => service.capabilitiesList(request)),
  capabilitiesShow: asks(agentRequests.capabilitiesShow, (service, request) => service.capabilitiesShow(request)),
  create,
  edit,
  upload: able("upload", agentRequests.upload, ({ upload }, request, session) => upload?.(request, session) ?? null),
  assetsList: asks(agentRequests.assetsList, (service, request, token) => service.assetsList(request, token)),
  assetsShow: asks(agentRequests.assetsShow, (service, request, token) => service.assetsShow(request, token)),
  assetsGet: able(
    "assets get",
    agentRequests.assetsGet,
    ({ save }, request, session) => save?.(request, session) ?? null
  ),
  assetsLineage: asks(agentRequests.assetsLineage, (service, request, token) => service.assetsLineage(request, token)),
  assetsDelete: asks(agentRequests.assetsDelete, (service, request, token) => service.assetsDelete(request, token)),
  jobsList: asks(agentRequests.jobsList, (service, request, token) => service.jobsList(request, token)),
  jobsShow: asks(agentRequests.jobsShow, (service, request, token) => service.jobsShow(request, token)),
  jobsWait: wait,
  jobsCancel: asks(agentRequests.jobsCancel, (service, request, token) => service.jobsCancel(request, token)),
  activityList: asks(agentRequests.activityList, (service, request, token) => service.activityList(request, token)),
  activityShow: asks(agentRequests.activityShow, (service, request, token) => service.activityShow(request, token)),
  feedbackCreate: asks(agentRequests.feedbackCreate, (service, request, token) =>
    service.feedbackCreate(request, token)
  ),
  claimRequest: asks(agentRequests.claimRequest, (service, request, token) => service.claimRequest(request, token)),
  spendPolicyShow: asks(agentRequests.spendPolicyShow, (service, request, token) =>
    service.spendPolicyShow(request, token)
  ),
  spendPolicySet: asks(agentRequests.spendPolicySet, (service, request, token) =>
    service.spendPolicySet(request, token)
  )
}
