/** For an answer that no service has seen: `trace_` and 16 lower-case hex digits, as the service makes them. */
export const localTrace = (): string => `trace_${globalThis.crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`
