import type { Fields } from "./OpenAiWire.ts"

/** A field of an input schema. `uri` is a data URL, a web address, or a file that was uploaded. */
export type Rule =
  | { readonly type: "string" | "boolean" | "uri" }
  | { readonly type: "integer" | "number"; readonly minimum: number; readonly maximum: number }
  | { readonly type: "enum"; readonly values: ReadonlyArray<string> }

export interface InputSchema {
  readonly required: ReadonlyArray<string>
  readonly rules: { readonly [field: string]: Rule }
  /** Whether the output is a list of URLs or one. */
  readonly isList: boolean
  readonly format: "jpg" | "png" | "webp"
}

const between = (type: "integer" | "number", minimum: number, maximum: number): Rule => ({ type, minimum, maximum })
const oneOf = (...values: ReadonlyArray<string>): Rule => ({ type: "enum", values })

const ratios = ["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"]
const anySeed = between("integer", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)

const flux: InputSchema["rules"] = {
  prompt: { type: "string" },
  aspect_ratio: oneOf(...ratios),
  num_outputs: between("integer", 1, 4),
  seed: anySeed,
  output_format: oneOf("webp", "jpg", "png"),
  output_quality: between("integer", 0, 100),
  disable_safety_checker: { type: "boolean" },
  go_fast: { type: "boolean" },
  megapixels: oneOf("1", "0.25")
}

/** The input schemas of the models' pages, `https://replicate.com/OWNER/NAME/api`. */
export const models: { readonly [name: string]: InputSchema } = {
  "black-forest-labs/flux-schnell": {
    required: ["prompt"],
    rules: { ...flux, num_inference_steps: between("integer", 1, 4) },
    isList: true,
    format: "webp"
  },
  "black-forest-labs/flux-dev": {
    required: ["prompt"],
    rules: {
      ...flux,
      image: { type: "uri" },
      prompt_strength: between("number", 0, 1),
      num_inference_steps: between("integer", 1, 50),
      guidance: between("number", 0, 10)
    },
    isList: true,
    format: "webp"
  },
  "black-forest-labs/flux-kontext-pro": {
    required: ["prompt"],
    rules: {
      prompt: { type: "string" },
      input_image: { type: "uri" },
      aspect_ratio: oneOf("match_input_image", ...ratios, "2:1", "1:2"),
      seed: anySeed,
      output_format: oneOf("jpg", "png"),
      safety_tolerance: between("integer", 0, 6),
      prompt_upsampling: { type: "boolean" }
    },
    isList: false,
    format: "png"
  },
  "black-forest-labs/flux-fill-pro": {
    required: ["prompt", "image"],
    rules: {
      prompt: { type: "string" },
      image: { type: "uri" },
      mask: { type: "uri" },
      seed: anySeed,
      steps: between("integer", 1, 50),
      guidance: between("number", 1.5, 100),
      safety_tolerance: between("integer", 1, 6),
      output_format: oneOf("jpg", "png"),
      prompt_upsampling: { type: "boolean" }
    },
    isList: false,
    format: "jpg"
  }
}

/** All that is wrong with an input, a line each. */
export const problemsOf = (
  { required, rules }: InputSchema,
  input: Fields,
  isUploaded: (url: string) => boolean
): ReadonlyArray<string> => [
  ...required.filter((name) => input[name] === undefined).map((name) => `${name}: is required`),
  ...Object.entries(input).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) return [`${name}: Additional property is not allowed`]
    const said = mismatch(rule, value, isUploaded)
    return said === null ? [] : [`${name}: ${said}`]
  })
]

const mismatch = (rule: Rule, value: unknown, isUploaded: (url: string) => boolean): string | null => {
  switch (rule.type) {
    case "string":
    case "boolean":
      return typeof value === rule.type ? null : `Invalid type. Expected: ${rule.type}`
    case "enum":
      return typeof value === "string" && rule.values.includes(value) ? null : "must be one of the allowed values"
    case "uri":
      return isPlace(value, isUploaded) ? null : "Does not match format 'uri'"
    case "integer":
    case "number": {
      const isKind = typeof value === "number" && (rule.type === "number" || Number.isInteger(value))
      if (!isKind) return `Invalid type. Expected: ${rule.type}`
      return value >= rule.minimum && value <= rule.maximum
        ? null
        : `Must be between ${rule.minimum} and ${rule.maximum}`
    }
  }
}

const isPlace = (value: unknown, isUploaded: (url: string) => boolean): boolean =>
  typeof value === "string" &&
  (/^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/u.test(value) ||
    value.startsWith("https://") ||
    isUploaded(value))
