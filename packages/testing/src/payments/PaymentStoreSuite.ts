import type { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { Store } from "@image-skill/core/store/Store"
import type * as Layer from "effect/Layer"
import * as PaymentAttemptSuite from "./PaymentAttemptSuite.ts"
import * as PaymentProofSuite from "./PaymentProofSuite.ts"
import * as PaymentQuoteSuite from "./PaymentQuoteSuite.ts"

/** The contract every `PaymentStore` adapter meets. The rules of payments live with their services; this is about rows. */
export const suite = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void => {
  PaymentQuoteSuite.suite(name, layer)
  PaymentAttemptSuite.suite(name, layer)
  PaymentProofSuite.suite(name, layer)
}
