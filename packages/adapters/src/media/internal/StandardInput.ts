/** What is piped into this process. Asking for it opens it, so a program that ends without reading it must not ask. */
export const standardInput = (): AsyncIterable<Uint8Array> => process.stdin
