import type { CommandName } from "@image-skill/core/envelope/CommandBook"
import type { Leaf } from "./Leaf.ts"

/** Every command and the module that runs it. A run loads one of them. */
export const commands: { readonly [K in CommandName]: () => Promise<{ readonly leaf: Leaf }> } = {
  help: () => import("./commands/help/show.ts"),
  version: () => import("./commands/version/show.ts"),
  doctor: () => import("./commands/doctor/check.ts"),
  signup: () => import("./commands/signup/agent.ts"),
  "auth status": () => import("./commands/auth/status.ts"),
  "auth save": () => import("./commands/auth/save.ts"),
  "auth logout": () => import("./commands/auth/logout.ts"),
  whoami: () => import("./commands/whoami/show.ts"),
  "usage quota": () => import("./commands/usage/quota.ts"),
  quota: () => import("./commands/usage/quota.ts"),
  "credits methods": () => import("./commands/credits/methods.ts"),
  "credits packs list": () => import("./commands/credits/packs.ts"),
  "credits plan": () => import("./commands/credits/plan.ts"),
  "credits quote": () => import("./commands/credits/quote.ts"),
  "credits buy": () => import("./commands/credits/buy.ts"),
  "credits status": () => import("./commands/credits/status.ts"),
  "credits settle": () => import("./commands/credits/settle.ts"),
  "credits fake-purchase": () => import("./commands/credits/fake-purchase.ts"),
  "models list": () => import("./commands/models/list.ts"),
  "models show": () => import("./commands/models/show.ts"),
  "capabilities list": () => import("./commands/capabilities/list.ts"),
  "capabilities show": () => import("./commands/capabilities/show.ts"),
  create: () => import("./commands/create/create.ts"),
  "assets show": () => import("./commands/assets/show.ts"),
  "assets get": () => import("./commands/assets/get.ts"),
  "jobs show": () => import("./commands/jobs/show.ts"),
  "jobs wait": () => import("./commands/jobs/wait.ts"),
  "activity list": () => import("./commands/activity/list.ts"),
  "activity show": () => import("./commands/activity/show.ts"),
  serve: () => import("./commands/serve/serve.ts")
}
