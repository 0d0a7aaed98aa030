import chromium from "@sparticuz/chromium"
import * as Effect from "effect/Effect"
import { type Browser, launch, type Page } from "puppeteer-core"

export type Started = { readonly browser: Browser } | { readonly reason: string }

/**
 * Headless Chromium, unpacked from its package into the temporary folder by the first who asks. The package is built for
 * Linux on x64; elsewhere, and where a library of the system is missing, the reason says so.
 */
export const start = async (): Promise<Started> => {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { reason: `no browser for ${process.platform} on ${process.arch}` }
  try {
    const executablePath = await chromium.executablePath()
    const browser = await launch({ executablePath, headless: "shell", args: [...flags], timeout: 60_000 })
    return { browser }
  } catch (error) {
    const [line = "unknown"] = String(error).split("\n")
    return { reason: `no browser starts here: ${line.slice(0, 160)}` }
  }
}

/** Root has no sandbox to drop into, and a headless machine no graphics. What protects sites from one another stays on. */
const flags = ["--no-sandbox", "--disable-setuid-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"]

export const phone = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }

export type Scheme = "light" | "dark"

/** A page of its own, without the cookies and the cache of any other. */
export const newPage = (browser: Browser) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      await page.setViewport(phone)
      page.setDefaultTimeout(20_000)
      return { context, page }
    }),
    ({ context }) => Effect.promise(async () => context.close())
  ).pipe(Effect.map(({ page }) => page))

export const prefer = (page: Page, scheme: Scheme) =>
  Effect.promise(() => page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]))

/** What one sees of a page. */
export const seen = (page: Page) =>
  Effect.promise(() =>
    page.evaluate(`({
      heading: document.querySelector("h1")?.textContent ?? "",
      text: document.body.innerText,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      scripts: document.scripts.length,
      styled: document.querySelector("main") === null ? null : getComputedStyle(document.querySelector("main")).borderRadius,
      contrast: [...document.querySelectorAll("h1, p, code, dt, dd, footer")].map((element) => {
        const channels = (color) => color.match(/[\\d.]+/g).map(Number)
        let ground = element
        while (ground !== null && /^(?:transparent|rgba\\(0, 0, 0, 0\\))$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement
        const light = (color) => channels(color).slice(0, 3).map((value) => {
          const part = value / 255
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
        }).reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0)
        const [one, two] = [light(getComputedStyle(element).color), light(getComputedStyle(ground ?? document.body).backgroundColor)]
        return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)
      })
    })`)
  ).pipe(
    Effect.map(
      (found) =>
        found as {
          readonly heading: string
          readonly text: string
          /** How many pixels are beyond the right edge. */
          readonly overflow: number
          readonly scripts: number
          readonly styled: string | null
          /** Of each text with its ground (https://www.w3.org/TR/WCAG22/#contrast-minimum asks for 4.5). */
          readonly contrast: ReadonlyArray<number>
        }
    )
  )
