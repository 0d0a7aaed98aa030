/** What is left of a rate limit after a request, as the `ratelimit-*` headers of its answer tell it. */
export interface RateStanding {
  /** Requests in the window. */
  readonly limit: number
  readonly remaining: number
  /** Whole seconds until some of them are back; 0 while all are there. */
  readonly resetSeconds: number
}
