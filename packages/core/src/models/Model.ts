/**
 * A model as the catalogue knows it: data, not behaviour. What it accepts, what it gives, what it costs.
 * Provider ids are open: whoever brings a provider brings rows of this type.
 */
export interface Model {
  /** `provider.slug`. */
  readonly id: string
  readonly displayName: string
  readonly provider: string
  /** The provider's own path for it, where it has one. */
  readonly upstream: string | null
  readonly modality: Modality
  readonly operation: OperationKind
  /** Which of our two endpoints runs it. */
  readonly endpoint: "create" | "edit"
  readonly supports: "create" | "edit" | "variation"
  /** False for rows that are only listed. */
  readonly wired: boolean
  readonly prompt: "required" | "forbidden"
  readonly inputImage: "none" | "required"
  /** How many input images it takes at most, the primary one included; 0 where it takes none. */
  readonly maxInputs: number
  readonly mask: "none" | "optional" | "required"
  readonly references: ReferenceRules | null
  readonly aspectRatios: AspectRatios
  readonly parameters: { readonly [name: string]: ParameterSchema }
  /** Controls that the provider has and we do not pass on; named so that nobody has to guess. */
  readonly catalogedOnly: ReadonlyArray<string>
  /** Controls that the service sets itself. */
  readonly fixed: ReadonlyArray<{ readonly name: string; readonly value: string; readonly reason: string }>
  readonly maxOutputs: number
  /** Exact pixels by aspect ratio, for models whose output size we know beforehand. */
  readonly sizes: { readonly [ratio: string]: Size } | null
  readonly output: {
    readonly mimeTypes: ReadonlyArray<string>
    readonly assetPrefix: "image" | "video" | "audio" | "asset"
    /** In the provider's own words, e.g. `2k`. */
    readonly maxResolution: string | null
    readonly transparentBackground: boolean
  }
  readonly price: PriceRule
  readonly priceSource: { readonly basis: PriceBasis; readonly asOf: string; readonly note: string | null }
  readonly taskTags: ReadonlyArray<string>
  readonly latency: "interactive" | "slow"
  /** What a reader should know before choosing it. */
  readonly notes: ReadonlyArray<string>
  /** Set while it is on its way out: still run for whoever names it, never chosen for anybody. */
  readonly deprecation?: Deprecation
}

export interface Deprecation {
  /** The last day (UTC) on which it is meant to run, `YYYY-MM-DD`; null while nobody has set one. */
  readonly sunsetAt: string | null
  /** The id of the row that takes its place; null where nothing does. */
  readonly replacementModelId: string | null
}

export interface Size {
  readonly width: number
  readonly height: number
}

export type Modality = "image" | "video" | "audio" | "3d"

export const operationKinds = [
  "image.generate",
  "image.edit",
  "image.variation",
  "video.generate",
  "audio.generate",
  "3d.generate"
] as const
export type OperationKind = (typeof operationKinds)[number]

export const referenceRoles = ["element_frontal", "element_reference", "reference_image"] as const
export type ReferenceRole = (typeof referenceRoles)[number]

export const referenceTasks = ["ip", "id", "style"] as const
export type ReferenceTask = (typeof referenceTasks)[number]

/** contract/api.md 7.8. */
export interface ReferenceRules {
  readonly roles: ReadonlyArray<ReferenceRole>
  readonly maxEntries: number
  readonly tasks: ReadonlyArray<ReferenceTask>
}

/** What tokens cost, in millionths of a US dollar per million tokens, which is the unit of public price lists times 10^6. */
export interface TokenRates {
  readonly imageOutput: number
  readonly imageInput: number
  readonly textInput: number
}

export interface AspectRatios {
  readonly values: ReadonlyArray<string>
  readonly default: string | null
  /** Sent by published clients to models that have no aspect ratio; accepted and ignored. */
  readonly ignored: string | null
}

/** The part of JSON Schema that model parameters use. */
export interface ParameterSchema {
  readonly type?: "string" | "integer" | "number" | "boolean" | "object"
  readonly enum?: ReadonlyArray<string>
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly properties?: { readonly [name: string]: ParameterSchema }
  readonly required?: ReadonlyArray<string>
  readonly oneOf?: ReadonlyArray<ParameterSchema>
  readonly default?: string | number | boolean
  readonly description?: string
}

/** Where a price comes from: the contract, the published client, the provider's public list, or this project. */
export type PriceBasis = "contract" | "later_client" | "provider_public" | "none" | "ours"

export interface Tier {
  readonly when: { readonly [parameter: string]: string }
  readonly microUsd: number
}

/** How the provider charges. All amounts are millionths of a US dollar (contract/api.md 6.3). */
export type PriceRule =
  | { readonly _tag: "Free" }
  | { readonly _tag: "PerOutput"; readonly microUsd: number }
  /** By the effective parameters; `listed` names the tier shown in lists. Token tables are tiers, too. */
  | {
      readonly _tag: "Tiered"
      readonly tiers: ReadonlyArray<Tier>
      readonly listed: Tier["when"]
      readonly tokenTable: boolean
      /** The tier of a request that does not say; without it such a request has no known cost. */
      readonly otherwise: Tier["when"] | null
      /** For what the provider's usage came to in the end, where it reports tokens. */
      readonly rates?: TokenRates
    }
  | { readonly _tag: "PerMegapixel"; readonly microUsd: number }
  /** Each source image costs, and each output by tier. */
  | {
      readonly _tag: "SourcesAndOutputs"
      readonly sourceMicroUsd: number
      readonly tiers: ReadonlyArray<Tier>
      readonly listed: Tier["when"]
    }
  /** Known only from the usage that the provider reports afterwards. */
  | { readonly _tag: "Usage"; readonly rates: TokenRates }
  | { readonly _tag: "Unknown" }

/** `is.` + operation + `.` + id with dashes + `.v1` (contract/api.md 7.5). */
export const capabilityId = (model: Model): string => `is.${model.operation}.${model.id.replaceAll(".", "-")}.v1`

/** The grant that running it needs (contract/api.md 3.3). */
export const grantFor = (model: Model): "image.create.preview" | "image.edit.preview" | "media.create.preview" => {
  if (model.endpoint === "edit") return "image.edit.preview"
  return model.modality === "image" ? "image.create.preview" : "media.create.preview"
}
