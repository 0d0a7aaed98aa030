import * as ActivityLogSuite from "@image-skill/testing/activity/ActivityLogSuite"
import * as CreditLedgerSuite from "@image-skill/testing/credits/CreditLedgerSuite"
import * as DailySlotsSuite from "@image-skill/testing/credits/DailySlotsSuite"
import * as LedgerStoreSuite from "@image-skill/testing/credits/LedgerStoreSuite"
import * as SpendPoliciesSuite from "@image-skill/testing/credits/SpendPoliciesSuite"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import * as FeedbackStoreSuite from "@image-skill/testing/feedback/FeedbackStoreSuite"
import * as AgentRegisterSuite from "@image-skill/testing/identity/AgentRegisterSuite"
import * as AgentsSuite from "@image-skill/testing/identity/AgentsSuite"
import * as ClaimRequestsSuite from "@image-skill/testing/identity/ClaimRequestsSuite"
import * as JobStoreSuite from "@image-skill/testing/jobs/JobStoreSuite"
import * as AssetsSuite from "@image-skill/testing/media/AssetsSuite"
import * as PaymentResolutionsSuite from "@image-skill/testing/payments/PaymentResolutionsSuite"
import * as PaymentStoreSuite from "@image-skill/testing/payments/PaymentStoreSuite"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as StoreSuite from "@image-skill/testing/store/StoreSuite"
import * as Layer from "effect/Layer"

const repositories = Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer)

StoreSuite.suite("memory", repositories)
AgentsSuite.suite("memory", repositories)
AgentRegisterSuite.suite("memory", repositories)
SpendPoliciesSuite.suite("memory", repositories)
PaymentResolutionsSuite.suite("memory", repositories)
LedgerStoreSuite.suite("memory", repositories)
DailySlotsSuite.suite("memory", repositories)
ActivityLogSuite.suite("memory", repositories)
JobStoreSuite.suite("memory", repositories)
FeedbackStoreSuite.suite("memory", repositories)
ClaimRequestsSuite.suite("memory", repositories)
AssetsSuite.suite("memory", repositories)
PaymentStoreSuite.suite("memory", repositories)
CreditLedgerSuite.suite("memory", Layer.merge(repositories, CountingIds.layer))
