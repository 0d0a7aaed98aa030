// How fast and how large the embedded illustrator is, beside one icon drawn by sharp alone.
// By itself: node bench/storyboard.mjs
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { amount, median } from "./row.mjs"

const prompt = "a compact field camera on a stainless workbench"
const rounds = 7

/** Modules are loaded where they are used: the processes that measure memory must not hold what they do not need. */
const renderer = async () => {
  const { startStoryboardRenderer } = await import("@image-skill/adapters/media/storyboard/StoryboardRenderer")
  return startStoryboardRenderer()
}

/** @param {number} size */
const requestOf = (size) =>
  /** @type {const} */ ({ prompt, width: size, height: size, seed: 1, style: null, format: "png" })

/** What a picture costs when nothing is composed: one drawing at the same size. @param {number} size */
const bareRaster = async (size) => {
  const { default: sharp } = await import("sharp")
  const shapes = new URL("../packages/adapters/src/media/storyboard/shapes/", import.meta.url)
  const svg = readFileSync(new URL("field-camera.svg", shapes), "utf8")
  const sized = svg.replace("<svg ", `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" `)
  return () => sharp(Buffer.from(sized)).png().toBuffer()
}

/** The median of several runs, after one that warms up. @param {() => Promise<unknown>} work */
const timed = async (work) => {
  await work()
  const times = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return median(times)
}

/** Peak memory and wall time of a process of its own. @param {string} word what it does: see the end of this file */
const processOf = (word) => {
  const start = performance.now()
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), word], { encoding: "utf8" })
  if (status !== 0) throw new Error(`bench/storyboard.mjs ${word} ended with ${status}.`)
  return { megabytes: Number(stdout), milliseconds: performance.now() - start }
}

/** @returns {Promise<ReadonlyArray<import("./row.mjs").Row>>} */
export const run = async () => {
  const warm = await renderer()
  const draws = async (/** @type {number} */ size, /** @type {number} */ budget) =>
    amount(
      `storyboard: a picture of ${size} px in a warm worker, beside one icon by sharp`,
      await timed(() => warm.illustrate(requestOf(size))),
      "ms",
      budget,
      await timed(await bareRaster(size))
    )
  const times = [await draws(512, 600), await draws(1024, 1500), await draws(2048, 6000)]
  await warm.close()
  const ours = processOf("pictures")
  const cold = processOf("picture")
  const bare = processOf("icon")
  return [
    ...times,
    amount("storyboard: peak memory of a process that draws 5 of 1024 px", ours.megabytes, "MB", 300, bare.megabytes),
    amount("storyboard: a process that draws one of 1024 px, cold", cold.milliseconds, "ms", 3000, bare.milliseconds)
  ]
}

/** @param {number} pictures */
const drawAndReport = async (pictures) => {
  const illustrator = await renderer()
  await Promise.all(Array.from({ length: pictures }, () => illustrator.illustrate(requestOf(1024))))
  await illustrator.close()
  report()
}

/**
 * `maxRSS` survives `execve`: a small child of a large process reports the size of its parent. Linux also keeps the high
 * water mark of the program itself.
 */
const report = () => {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : ""
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS
  console.log(Number(kilobytes) / 1024)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const word = process.argv[2]
  if (word === "pictures") await drawAndReport(5)
  else if (word === "picture") await drawAndReport(1)
  else if (word === "icon") {
    await (
      await bareRaster(1024)
    )()
    report()
  } else console.table(await run())
}
