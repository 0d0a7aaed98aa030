/** What a record holds under a key that comes from outside: "constructor" is a word, not a property. */
export const lookUp = <A>(record: Readonly<Record<string, A>>, key: string): A | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

export const isGiven = <A>(value: A | null | undefined): value is A => value !== null && value !== undefined
