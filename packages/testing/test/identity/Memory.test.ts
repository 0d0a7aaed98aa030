import * as AuthConfigSuite from "@image-skill/testing/identity/AuthConfigSuite"
import * as MemoryAuthConfig from "@image-skill/testing/identity/MemoryAuthConfig"
import * as MemorySecretStore from "@image-skill/testing/identity/MemorySecretStore"
import * as SecretStoreSuite from "@image-skill/testing/identity/SecretStoreSuite"
import * as Effect from "effect/Effect"

AuthConfigSuite.suite("memory", MemoryAuthConfig.layer())

SecretStoreSuite.suite(
  "memory",
  Effect.sync(() => MemorySecretStore.make())
)
