import * as Pictures from "@image-skill/adapters/agent/SendPicture"
import type { Picture } from "@image-skill/adapters/media/Picture"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"

export type Sending = Pictures.Sending

export const sendPicture = (picture: Picture, sending: Sending) =>
  Effect.flatMap(ServiceApi, (service) => Pictures.sendPicture(service, picture, sending))
