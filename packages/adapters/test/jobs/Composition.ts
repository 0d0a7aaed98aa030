import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as FileAnswerSpool from "@image-skill/adapters/media/FileAnswerSpool"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { MediaProvider } from "@image-skill/core/media/MediaProvider"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Layer from "effect/Layer"
import { inFolder } from "../store/Repositories.ts"

/** What a data folder keeps. */
export const stores = (folder: string) =>
  Layer.mergeAll(inFolder(folder), FileArtifactStore.layer(folder), FileAnswerSpool.layer(folder)).pipe(
    Layer.provideMerge(
      Layer.mergeAll(NodeDigest.layer, NodeSecretBytes.layer, Ids.layer.pipe(Layer.provide(NodeSecretBytes.layer)))
    )
  )

/** The whole service over what keeps its rows and bytes, with every model of the catalogue and those of the fake. */
export const serviceOver = <E, R>(kept: Layer.Layer<Kept, E, R>, provider: MediaProvider) =>
  embeddedServiceApi.pipe(
    Layer.provideMerge(
      MemoryService.programs({
        models: [FakeMediaProvider.fakePainter, FakeMediaProvider.fakeRetoucher],
        providers: [provider]
      })
    ),
    Layer.provideMerge(kept)
  )

export type Kept = Layer.Success<ReturnType<typeof stores>>
