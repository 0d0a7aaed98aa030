import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
// Grants one credit at a time to the organization that another process grants to at the same time.
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { Ids } from "@image-skill/core/envelope/Ids"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { main, tell, told, words } from "../../Program.ts"
import { inFolder } from "../Repositories.ts"

const [folder = "", name = "", count = "0"] = words
const organizationId = OrganizationId.make("org_hammered")

main(
  Effect.gen(function* () {
    const ledger = yield* CreditLedger
    tell("ready")
    yield* told
    for (let index = 0; index < Number(count); index += 1) {
      yield* ledger.grantPreview({ organizationId, key: `${name}:${index}`, credits: 1, traceId: "trace_hammer" })
    }
    tell("done")
  }).pipe(
    Effect.provide(
      CreditLedger.layer.pipe(
        Layer.provide(Layer.merge(inFolder(folder), Layer.provide(Ids.layer, NodeSecretBytes.layer)))
      )
    )
  )
)
