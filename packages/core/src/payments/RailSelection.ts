import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { choose, type RailChoice, type RailFacts } from "./RailChoice.ts"
import { type LocalFacts, type PaymentPlan, type PaymentWish, plan } from "./RailPlan.ts"

/**
 * Orders rails by what an agent can finish alone, then by what it can hand to a person, then the rest (contract/cli.md
 * 9.12). Rails that move no real money are considered only where no live rail can be used (decision D4.3). Pure.
 */
export class RailSelection extends Context.Service<
  RailSelection,
  {
    readonly choose: (rails: ReadonlyArray<RailFacts>) => RailChoice
    /** The same for a wish: each rail with what would be bought there, or why not. Moves no money. */
    readonly plan: (rails: ReadonlyArray<RailFacts>, wish: PaymentWish, local?: LocalFacts) => PaymentPlan
  }
>()("core/payments/RailSelection") {
  static readonly layer = Layer.sync(RailSelection, () => RailSelection.of({ choose, plan }))
}
