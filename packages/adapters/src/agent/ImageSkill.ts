import type { Limits } from "@image-skill/core/credits/Limits"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import type { ContentRule } from "@image-skill/core/media/ContentPolicy"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Choices } from "./Choices.ts"
import { faceOf, type FaceServices } from "./FaceOf.ts"
import type { HostedOptions } from "./HostedImageSkill.ts"
import type { ImageSkillFace } from "./ImageSkillFace.ts"
import type { OwnProvider } from "./OwnProvider.ts"

interface MachineChoices extends Choices {
  /** Variables, e.g. keys of providers and places of a wallet: `process.env`, or some of it. None, when left out. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Private addresses that pictures may be fetched from, such as `http://127.0.0.1:8080`. */
  readonly trustedOrigins?: ReadonlyArray<string>
}

export interface OpenOptions extends MachineChoices {
  /** Holds everything: rows, media, and the token in `config.json`. Made when something is first written. */
  readonly folder: string
  /** Providers of your own, with the models they run. */
  readonly providers?: ReadonlyArray<MediaProvider | OwnProvider>
  /** Further rows of the catalogue. */
  readonly models?: ReadonlyArray<Model>
  /** Rails of your own; one takes the place of the configured rail that has its method id. */
  readonly rails?: ReadonlyArray<PaymentRail>
  readonly limits?: Partial<Limits["Service"]>
  /** What may not be asked for. */
  readonly contentRules?: ReadonlyArray<ContentRule>
}

export interface ConnectOptions extends MachineChoices, HostedOptions {
  /** The file that keeps the token between two runs; without it a token of a signup ends with the program. */
  readonly config?: string
  /** Where the wallet's policy and journal are, if it has one; the working folder, when left out. */
  readonly folder?: string
}

const loaded = (layer: Effect.Effect<Layer.Layer<FaceServices, Refusal>>) => Layer.unwrap(layer)

/** The layers below `open`, for programs that are Effects themselves. */
export const embedded = (options: OpenOptions): Layer.Layer<FaceServices, Refusal> =>
  loaded(
    Effect.map(
      Effect.promise(() => import("./EmbeddedAgent.ts")),
      ({ layer }) => layer(options)
    )
  )

/** The layers below `connect`. */
export const hosted = (options: ConnectOptions): Layer.Layer<FaceServices, Refusal> =>
  loaded(
    Effect.map(
      Effect.promise(() => import("./NodeAgent.ts")),
      ({ layer }) => layer(options)
    )
  )

/** An agent of the library, as a type. */
export type ImageSkill = ImageSkillFace

/** Where an agent of the library begins. */
export const ImageSkill = {
  /** With a service of its own, in this process: no network, no account, no key. */
  open: (options: OpenOptions): Promise<ImageSkillFace> => faceOf(embedded(options)),
  /** At a service elsewhere. */
  connect: (options: ConnectOptions): Promise<ImageSkillFace> => faceOf(hosted(options))
}
