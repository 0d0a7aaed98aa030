import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const message = "must be a slug of 1 to 64 lower-case letters, digits, dots, underscores or dashes"

const shape = /^[a-z0-9._-]{1,64}$/u

export const isDiscoverySource = (text: string): boolean => shape.test(text)

/** Which channel brought an agent here, e.g. `skills-registry`, trimmed (contract/api.md 16, version 0.1.39). */
export const DiscoverySource = Schema.String.annotate({ message }).pipe(
  Schema.decodeTo(Schema.String.check(Schema.isPattern(shape, { message })), SchemaTransformation.trim())
)
