// Builds what the embedded illustrator (`local.storyboard`) loads at run time, out of packages that are installed
// anyway: a subset of the Noto icons with an index of their names, our own shapes, and the SVG rasteriser.
// Run directly with `node scripts/storyboard-assets.mjs`, or through `buildStoryboardAssets()` from the build.
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"

const root = fileURLToPath(new URL("..", import.meta.url))
const shapesFolder = join(root, "packages/adapters/src/media/storyboard/shapes")
const assetsFolder = join(root, "packages/adapters/assets")

/**
 * One drawing: the inside of an `<svg>` element and the size of its view box.
 * @typedef {{ readonly body: string, readonly width: number, readonly height: number }} Drawing
 */

/**
 * What `storyboard-icons.json.br` holds. `names` maps an English name to a drawing, `emoji` a character (without
 * variation selectors) to a drawing, `kinds` a drawing to its Unicode group.
 * @typedef {{
 *   readonly drawings: Record<string, Drawing>,
 *   readonly names: Record<string, string>,
 *   readonly emoji: Record<string, string>,
 *   readonly kinds: Record<string, string>
 * }} IconLibrary
 */

/** Groups whose icons can be called by their name. Symbols, faces and hands only by their emoji or an alias of ours. */
const namedGroups = new Set(["Animals & Nature", "Food & Drink", "Activities", "Objects", "Travel & Places"])

/** Skin tones, families and couples multiply the size by three; signs made of letters are no illustrations. */
const unwanted =
  /skin-tone|medium-(?:light|dark)|^(?:family|couple-with-heart|kiss)-|^(?:wo)?m[ae]n-(?!standing|running|walking|dancing)/
const unwantedSymbols = /japanese|button|keycap|letter-|input-|-arrow/

/** Icons that are whole little pictures with a background of their own: they cannot stand in a scene. */
const framedScenes =
  /^(?:bridge-at-night|cityscape|cityscape-at-dusk|deaf-.*|desert|elevator|fireworks|fog|foggy|map-of-japan|milky-way|moon-viewing-ceremony|motorway|mountain-railway|national-park|night-with-stars|person-climbing|person-in-steamy-room|person-mountain-biking|shooting-star|sparkler|sunrise|sunrise-over-mountains|sunset|x-ray)$/

/**
 * Sparks and stars that Noto scatters around some things. In a scene they would hang in the air, and widen the thing.
 * Each is known by how its outline begins.
 * @type {Record<string, ReadonlyArray<string>>}
 */
const decorations = {
  dagger: ["M23.31 70.37", "M18.15 89.67", "M90.01 75.55", "M41.56 60.68"],
  "flying-saucer": ["M106.13 42.46", "M113.6 95.23", "M81.04 109.17"],
  lighthouse: ["M58.008 18.818", "M96.776 46.025", "M88.918 57.772", "M14.089 64.78", "M25.18 50.248"],
  rocket: ["M17.31 29.762", "M36.634 28.239", "M47.946 8.402"]
}

/** @param {string} name @param {string} body */
const undecorated = (name, body) =>
  (decorations[name] ?? []).reduce(
    (art, start) => art.replace(new RegExp(`<path[^>]*d="${start.replaceAll(".", "\\.")}[^>]*/>`), ""),
    body
  )

/**
 * Builds the assets, unless those on disk were made from the very same inputs.
 * @returns {{ readonly built: boolean, readonly icons: number, readonly bytes: number }}
 */
export const buildStoryboardAssets = () => {
  const library = join(assetsFolder, "storyboard-icons.json.br")
  const rasteriser = join(assetsFolder, "resvg.wasm")
  const stampFile = join(assetsFolder, "storyboard.stamp.json")
  const inputs = [
    fileURLToPath(import.meta.url),
    packageFile("@iconify-json/noto", "package.json"),
    packageFile("emojilib", "package.json"),
    packageFile("@resvg/resvg-wasm", "package.json"),
    join(shapesFolder, "figures.json"),
    ...readdirSync(join(shapesFolder, "templates")).map((name) => join(shapesFolder, "templates", name)),
    ...shapeFiles()
  ]
  const hash = createHash("sha256")
  for (const file of inputs) hash.update(basename(file)).update(readFileSync(file))
  const wanted = hash.digest("hex")
  if ([library, rasteriser, stampFile].every((file) => existsSync(file))) {
    /** @type {{ hash: string, icons: number, bytes: number }} */
    const stamp = JSON.parse(readFileSync(stampFile, "utf8"))
    if (stamp.hash === wanted) return { built: false, icons: stamp.icons, bytes: stamp.bytes }
  }

  mkdirSync(assetsFolder, { recursive: true })
  const icons = collect()
  const text = Buffer.from(JSON.stringify(icons))
  const packed = brotliCompressSync(text, {
    params: {
      // Quality 9 packs in a second what 11 packs in thirteen, and is a tenth larger.
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length
    }
  })
  writeFileSync(library, packed)
  copyFileSync(packageFile("@resvg/resvg-wasm", "index_bg.wasm"), rasteriser)
  const stamp = { hash: wanted, icons: Object.keys(icons.drawings).length, bytes: packed.length }
  writeFileSync(stampFile, JSON.stringify(stamp))
  return { built: true, icons: stamp.icons, bytes: stamp.bytes }
}

/** @returns {IconLibrary} */
const collect = () => {
  /** @type {{ icons: Record<string, { body: string, width?: number, height?: number }>, width: number, height: number }} */
  const noto = JSON.parse(readFileSync(packageFile("@iconify-json/noto", "icons.json"), "utf8"))
  /** @type {{ categories: Record<string, ReadonlyArray<string>> }} */
  const { categories } = JSON.parse(readFileSync(packageFile("@iconify-json/noto", "metadata.json"), "utf8"))
  /** @type {IconLibrary} */
  const library = { drawings: {}, names: {}, emoji: {}, kinds: {} }

  for (const [group, members] of Object.entries(categories)) {
    if (group === "Flags") continue
    for (const name of members) {
      const icon = noto.icons[name]
      if (!icon || unwanted.test(name) || framedScenes.test(name)) continue
      if (group === "Symbols" && unwantedSymbols.test(name)) continue
      library.drawings[name] = {
        body: undecorated(name, icon.body),
        width: icon.width ?? noto.width,
        height: icon.height ?? noto.height
      }
      library.kinds[name] = group
      if (namedGroups.has(group)) library.names[name.replaceAll("-", " ")] = name
    }
  }
  // Figures first: they take the heads of the very icons that they replace.
  const own = Object.entries(figures()).map(
    ([name, svg]) => /** @type {const} */ ([name, readShape(name, svg, noto.icons)])
  )
  for (const file of shapeFiles()) {
    const name = basename(file, ".svg")
    own.push([name, readShape(file, readFileSync(file, "utf8"), noto.icons)])
  }
  for (const [name, drawing] of own) {
    library.drawings[name] = drawing
    library.names[name.replaceAll("-", " ")] = name
  }
  indexEmoji(library)
  return library
}

/**
 * Adds the emoji characters, and the names that emojilib knows beside those of Noto.
 * @param {IconLibrary} library
 */
const indexEmoji = (library) => {
  /** @type {Record<string, string>} */
  const characters = JSON.parse(readFileSync(packageFile("@iconify-json/noto", "chars.json"), "utf8"))
  /** @type {Record<string, ReadonlyArray<string>>} */
  const emojilib = JSON.parse(readFileSync(packageFile("emojilib", "dist/emoji-en-US.json"), "utf8"))
  /** @type {Record<string, string | undefined>} */
  const officialName = {}
  for (const [emoji, words] of Object.entries(emojilib)) officialName[withoutSelectors(emoji)] = words[0]

  for (const [hex, own] of Object.entries(characters)) {
    const name = [own, ...sexless(own)].find((candidate) => library.drawings[candidate])
    if (name === undefined) continue
    const emoji = withoutSelectors(String.fromCodePoint(...hex.split("-").map((part) => Number.parseInt(part, 16))))
    // Digits and signs such as the trade mark are emoji to Unicode, and plain text to everybody else.
    if (/^[\x20-\x7e]/.test(emoji.normalize("NFKC"))) continue
    library.emoji[emoji] = name
    const phrase = officialName[emoji]
      ?.toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, " ")
      .trim()
    const group = library.kinds[name]
    if (phrase && group && namedGroups.has(group)) library.names[phrase] ??= name
  }
}

/** The drawings that stand for those of a man or a woman who does the same. @param {string} name */
const sexless = (name) => {
  const doing = /^(?:wo)?m[ae]n-(.+)$/.exec(name)?.[1]
  return doing === undefined ? [] : [doing, `person-${doing}`]
}

/** @param {string} emoji */
const withoutSelectors = (emoji) => emoji.replaceAll("\uFE0F", "").replaceAll("\uFE0E", "")

const shapeFiles = () =>
  readdirSync(shapesFolder)
    .filter((name) => name.endsWith(".svg"))
    .sort()
    .map((name) => join(shapesFolder, name))

/**
 * Whole animals and people for the icons that are only heads: a template of a body, filled with colours.
 * @returns {Record<string, string>} SVG by name
 */
const figures = () => {
  /** @type {Record<string, Record<string, string | boolean>>} */
  const sheet = JSON.parse(readFileSync(join(shapesFolder, "figures.json"), "utf8"))
  /** @type {Record<string, string>} */
  const out = {}
  for (const [name, figure] of Object.entries(sheet)) {
    const template = readFileSync(join(shapesFolder, "templates", `${figure.template}.svg`), "utf8")
    const seated = figure.template === "seated"
    const [tailPath, tipPath] = tails[String(figure.tail ?? "none")] ?? ["", ""]
    const filled = {
      hands: "#ffca28",
      tip: figure.coat ?? "",
      tailPath,
      tipPath,
      // A bust brings its own shoulders, so it sits lower and larger than a bare head.
      headX: seated ? 12 : figure.bust ? 8 : 20,
      headY: seated ? 0 : figure.bust ? 0 : 18,
      headSize: seated ? 104 : figure.bust ? 112 : 88,
      ...figure,
      tail: figure.coat ?? ""
    }
    out[name] = Object.entries(filled).reduce(
      (svg, [key, value]) => svg.replaceAll(`{{${key}}}`, String(value)),
      template
    )
  }
  return out
}

/** Outlines of tails and of their tips, for the seated body. @type {Record<string, readonly [string, string]>} */
const tails = {
  bushy: [
    "M92 150c20 6 34-6 34-28 0-14-6-26-12-32-2 14-10 20-16 30-5 9-8 20-6 30z",
    "M114 90c6 6 12 18 12 32l-4-4-5 5-5-6-5 4c4-10 6-20 7-31z"
  ],
  none: ["", ""],
  stub: ["M98 148c8 2 16-2 16-9s-8-9-13-5z", ""],
  tuft: ["M94 154c18 4 28-8 26-30l-6 1c2 16-6 24-20 21z", "M117 128c-8-8-7-20 2-28 8 8 9 20 3 29z"]
}

/**
 * Reads one shape. `<use icon="fox" x y width height recolor="#a:#b,#c:#d"/>` in it stands for an icon of Noto.
 * @param {string} name @param {string} text @param {Record<string, { body: string }>} icons
 * @returns {Drawing}
 */
const readShape = (name, text, icons) => {
  const found = /^\s*<svg[^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>([\s\S]*)<\/svg>\s*$/.exec(text)
  if (!found) throw new Error(`${name} is not one <svg viewBox="0 0 width height"> element.`)
  const [, width, height, body] = found
  const filled = String(body).replaceAll(/<use icon="([^"]+)"([^>]*)\/>/g, (_, icon, attributes) => {
    const source = icons[icon]
    if (!source) throw new Error(`${name} uses the icon ${icon}, which Noto does not have.`)
    const recolor = /recolor="([^"]*)"/.exec(attributes)?.[1] ?? ""
    const recolored = recolor
      .split(",")
      .filter((pair) => pair !== "")
      .reduce((art, pair) => art.replaceAll(pair.split(":")[0] ?? "", pair.split(":")[1] ?? ""), source.body)
    return `<svg${attributes.replace(/recolor="[^"]*"/, "")} viewBox="0 0 128 128">${recolored}</svg>`
  })
  return {
    body: filled
      .replaceAll(/<!--[\s\S]*?-->/g, "")
      .replaceAll(/>\s+</g, "><")
      .trim(),
    width: Number(width),
    height: Number(height)
  }
}

/** These packages are the workspace root's own, so they are never nested. @param {string} name @param {string} file */
const packageFile = (name, file) => join(root, "node_modules", name, file)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { built, bytes, icons } = buildStoryboardAssets()
  console.error(
    `storyboard assets: ${icons} drawings, ${(bytes / 1024).toFixed(0)} KiB, ${built ? "built" : "up to date"}`
  )
}
