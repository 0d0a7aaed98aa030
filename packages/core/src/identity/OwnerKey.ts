/**
 * What an inbox or a network is hashed as, so that it can be recognised and not be read: a normalised contact, or the
 * network of an anonymous signup. `pepper` keeps the hash unguessable.
 */
export const ownerKey = (
  pepper: string,
  owner: { readonly contact: string } | { readonly network: string | null }
): string => `${pepper}:${"contact" in owner ? `contact:${owner.contact}` : `network:${owner.network ?? "local"}`}`
