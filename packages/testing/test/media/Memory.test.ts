import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as ArtifactStoreSuite from "@image-skill/testing/media/ArtifactStoreSuite"
import * as LocalFilesSuite from "@image-skill/testing/media/LocalFilesSuite"
import * as MemoryArtifactStore from "@image-skill/testing/media/MemoryArtifactStore"
import * as MemoryLocalFiles from "@image-skill/testing/media/MemoryLocalFiles"
import * as Layer from "effect/Layer"

ArtifactStoreSuite.suite("memory", Layer.provide(MemoryArtifactStore.layer, NodeDigest.layer))

const files = new Map([["-", new TextEncoder().encode("from a pipe")]])
LocalFilesSuite.suite("memory", Layer.provide(MemoryLocalFiles.layer(files), NodeDigest.layer), "/home/demo")
