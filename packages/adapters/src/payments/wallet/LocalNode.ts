/** A node on this machine: a test chain, where nothing of value can be lost. */
export const isLocal = (rpcUrl: string): boolean =>
  /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::|\/|$)/u.test(rpcUrl)
