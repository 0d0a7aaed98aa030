/**
 * The service behind your own HTTP framework: Hono here, and anything else that maps a Request to a Response. Your
 * middleware, your routes and your port; our contract below `/v1`.
 */
import * as WebHandler from "@image-skill/adapters/service/WebHandler"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { Hono } from "hono"

export interface Place {
  /** Holds the database and the media. */
  readonly dataFolder: string
  /** Where clients reach this server. */
  readonly publicApiUrl: string
}

export const makeApp = async ({ dataFolder, publicApiUrl }: Place) => {
  const service = await WebHandler.open({
    dataFolder,
    publicApiUrl,
    limits: contractLimits,
    contentRules: [{ phrase: "acme", reason: "we draw nothing of our competitors" }],
    variable: (name) => process.env[name] ?? null
  })
  const app = new Hono()
  app.get("/", (context) => context.text("my own page"))
  app.use("/v1/*", async (context, next) => {
    await next()
    context.res.headers.set("x-served-by", "my-own-server")
  })
  // Media, pages of payments and documents have paths of their own, so everything that is not yours goes there.
  app.all("*", (context) => service.handle(context.req.raw))
  return { app, close: service.close }
}
