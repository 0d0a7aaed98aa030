/** A promise, and the hands that settle it. */
export interface Promised<A> {
  readonly promise: Promise<A>
  readonly resolve: (value: A) => void
  readonly reject: (error: Error) => void
}

export const promised = <A>(): Promised<A> => {
  const hands: { resolve: Promised<A>["resolve"]; reject: Promised<A>["reject"] } = {
    resolve: () => undefined,
    reject: () => undefined
  }
  const promise = new Promise<A>((resolve, reject) => {
    hands.resolve = resolve
    hands.reject = reject
  })
  return { promise, resolve: (value) => hands.resolve(value), reject: (error) => hands.reject(error) }
}
