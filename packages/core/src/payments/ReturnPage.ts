import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/** The page of a payment that a person opens: on a server's own origin, or nowhere when there is no server. */
export class ReturnPage extends Context.Service<ReturnPage, { readonly urlOf: (attemptId: string) => string | null }>()(
  "core/payments/ReturnPage"
) {
  static readonly none = Layer.succeed(ReturnPage, ReturnPage.of({ urlOf: () => null }))

  static readonly at = (apiBaseUrl: string) =>
    Layer.succeed(ReturnPage, ReturnPage.of({ urlOf: (attemptId) => `${apiBaseUrl}/pay/${attemptId}` }))
}
