import * as ActivityLogSuite from "@image-skill/testing/activity/ActivityLogSuite"
import * as CreditLedgerSuite from "@image-skill/testing/credits/CreditLedgerSuite"
import * as DailySlotsSuite from "@image-skill/testing/credits/DailySlotsSuite"
import * as LedgerStoreSuite from "@image-skill/testing/credits/LedgerStoreSuite"
import * as SpendPoliciesSuite from "@image-skill/testing/credits/SpendPoliciesSuite"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as FeedbackStoreSuite from "@image-skill/testing/feedback/FeedbackStoreSuite"
import * as AgentRegisterSuite from "@image-skill/testing/identity/AgentRegisterSuite"
import * as AgentsSuite from "@image-skill/testing/identity/AgentsSuite"
import * as ClaimRequestsSuite from "@image-skill/testing/identity/ClaimRequestsSuite"
import * as JobStoreSuite from "@image-skill/testing/jobs/JobStoreSuite"
import * as AssetsSuite from "@image-skill/testing/media/AssetsSuite"
import * as PaymentResolutionsSuite from "@image-skill/testing/payments/PaymentResolutionsSuite"
import * as PaymentStoreSuite from "@image-skill/testing/payments/PaymentStoreSuite"
import * as StoreSuite from "@image-skill/testing/store/StoreSuite"
import * as Layer from "effect/Layer"
import { repositories } from "./Repositories.ts"

StoreSuite.suite("SQLite", repositories)
AgentsSuite.suite("SQLite", repositories)
AgentRegisterSuite.suite("SQLite", repositories)
SpendPoliciesSuite.suite("SQLite", repositories)
PaymentResolutionsSuite.suite("SQLite", repositories)
LedgerStoreSuite.suite("SQLite", repositories)
DailySlotsSuite.suite("SQLite", repositories)
ActivityLogSuite.suite("SQLite", repositories)
JobStoreSuite.suite("SQLite", repositories)
FeedbackStoreSuite.suite("SQLite", repositories)
ClaimRequestsSuite.suite("SQLite", repositories)
AssetsSuite.suite("SQLite", repositories)
PaymentStoreSuite.suite("SQLite", repositories)
CreditLedgerSuite.suite("SQLite", Layer.merge(repositories, CountingIds.layer))
