import { embeddedTarget, variables } from "../envelope/Product.ts"
import type { Start } from "../envelope/Start.ts"
import { type Host, type WritablePlace, writablePlace } from "../identity/ConfigRecovery.ts"
import type { GuideFacts } from "./GuideFacts.ts"
import type { GuideStage } from "./GuideStage.ts"

/**
 * Where a signup saves its token because the usual place cannot be written (contract/after-0.1.24.md 3): null where that
 * can be, and where the other place was tried already. The embedded service keeps token and database in one folder, so
 * there the folder moves.
 */
export const elsewhereOf = ({ configPath, configWrite, target }: GuideFacts): WritablePlace | null => {
  if (configWrite?._tag !== "NotWritable") return null
  const place = writablePlace(target === embeddedTarget)
  const isTried = target !== embeddedTarget && configPath.endsWith(place.suggestedPath.replace("$PWD", ""))
  return isTried ? null : place
}

/** What starts the next command and the one after it: the host's way, unless the token would be looked for in vain. */
export const onwardStart = (stage: GuideStage, facts: GuideFacts, host: Host): Start => {
  if (stage._tag !== "AuthRequired") return host
  const place = elsewhereOf(facts)
  const assignments = {
    ...(place === null ? {} : { [place.variable]: `"${place.suggestedPath}"` }),
    // A token that is refused, and set in the environment, would hide the one that the signup saves.
    ...(facts.tokenSource === "env" ? { [variables.token]: "", [variables.tokenAlias]: "" } : {})
  }
  if (Object.keys(assignments).length === 0) return host
  const start = host.startWith(assignments)
  // A saved token names its service, too; in another place there is none yet.
  const isNamed = facts.tokenSource === null || facts.target === embeddedTarget
  return place === null || isNamed ? start : { ...start, apiBaseUrl: facts.target }
}
