import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import { Ids } from "@image-skill/core/envelope/Ids"
import * as DigestSuite from "@image-skill/testing/envelope/DigestSuite"
import * as IdsSuite from "@image-skill/testing/envelope/IdsSuite"
import * as SecretBytesSuite from "@image-skill/testing/envelope/SecretBytesSuite"
import * as Layer from "effect/Layer"

DigestSuite.suite("Node", NodeDigest.layer)
SecretBytesSuite.suite("Node", NodeSecretBytes.layer)
IdsSuite.suite("from Node's secret bytes", Layer.provide(Ids.layer, NodeSecretBytes.layer))
