import type { Backdrop } from "./Backdrop.ts"
import { clamp, fromHex, lerp, mix, type Rgb, smoothstep, toHex } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { paintGround } from "./OpenAir.ts"
import { lightShafts } from "./OpenPlaces.ts"
import { blur, resize } from "./Raster.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { glow, paintLevel, pool } from "./Surface.ts"
import { groundTextures, tinted } from "./TexturesGround.ts"
import { madeTextures } from "./TexturesMade.ts"
import { ellipse, n, path, rect } from "./Vector.ts"

/** Places without a horizon: space, the sky, the sea from below, a cave, a stage, a photographer's studio. */

const still = { gloss: 0, roughness: 1, ripple: 0 } as const

/** Fills the canvas with a colour for each pixel of a field of noise, computed at a quarter of the size. */
const wash = (s: Scenery, label: string, cell: number, color: (value: number, x: number, y: number) => Rgb): void => {
  const { height, rgb, width } = s.canvas
  const w = Math.ceil(width / 4)
  const h = Math.ceil(height / 4)
  const field = noiseField(w, h, {
    seed: s.scene.seed,
    label,
    cellWidth: (cell * s.stage.unit) / 4,
    cellHeight: (cell * s.stage.unit) / 4,
    octaves: 5,
    gain: 0.55
  })
  const small = new Float32Array(w * h * 3)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [red, green, blue] = color(field.values[y * w + x] ?? 0, x / w, y / h)
      const at = (y * w + x) * 3
      small[at] = red
      small[at + 1] = green
      small[at + 2] = blue
    }
  }
  blur(small, w, h, 3, 1.4)
  rgb.set(resize(small, w, h, 3, width, height))
}

export const space: Backdrop = (s) => {
  const { canvas, stage } = s
  const { height, side, unit, width } = stage
  const random = s.random("space")
  const asked = s.scene.backdrop.color
  const nebula =
    asked === null ? fromHex(random.pick(["#7a3fb0", "#2f6fc0", "#b03f7a", "#2f9a9a"])) : fromHex(asked.name)
  const second = fromHex(random.pick(["#e07a4a", "#4a7ae0", "#c04ad0", "#3fc0a0"]))
  const dark: Rgb = [0.012, 0.016, 0.045]
  wash(s, "nebula", 0.42, (value, x, y) => {
    const band = Math.exp(-(((x - 0.5) * 0.8 + (y - 0.5) * side) ** 2) * 5)
    const cloud = smoothstep(0.42, 0.72, value) * band
    const core = smoothstep(0.58, 0.78, value) * band
    return mix(mix(dark, nebula, cloud * 0.62), second, core * 0.42)
  })
  for (let index = 0; index < Math.round((width * height) / 1900); index++) {
    const bright = random() ** 5
    const size = lerp(0.6, 1.9, random() ** 6) * Math.max(0.7, unit / 1000)
    const at = { x: random() * width, y: random() * height, width: size * 2, height: size * 2 }
    glow(canvas, at, [0.9 + 0.1 * random(), 0.92, 0.9 + 0.1 * random()], 0.3 + bright)
    if (bright > 0.6) glow(canvas, { ...at, width: size * 9, height: size * 9 }, [0.6, 0.7, 1], 0.2)
  }
  if (s.wants("planet")) paintPlanet(s)
  return { mirror: still, water: null }
}

/** The limb of a great planet rises into a lower corner, with an atmosphere that glows towards the sun. */
const paintPlanet = (s: Scenery): void => {
  const { canvas, stage } = s
  const { height, side, unit, width } = stage
  const { rgb } = canvas
  const random = s.random("planet")
  const radius = unit * 0.92
  const cx = width * (0.5 - side * 0.42)
  const cy = height + radius * 0.55
  const [pale, deep] = random.pick<readonly [string, string]>([
    ["#7fb8e8", "#1f4f8f"],
    ["#e0a878", "#7a3a2a"],
    ["#8fd0b8", "#1f6a5a"],
    ["#c8a8e0", "#4a3080"]
  ])
  const light = fromHex(pale)
  const dark = fromHex(deep)
  const bands = noiseField(width, Math.ceil(height * 0.6), {
    seed: s.scene.seed,
    label: "planet",
    cellWidth: unit * 0.6,
    cellHeight: unit * 0.07,
    octaves: 5
  })
  const top = Math.max(0, Math.floor(cy - radius * 1.1))
  for (let y = top; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = (x - cx) / radius
      const dy = (y - cy) / radius
      const distance = Math.sqrt(dx * dx + dy * dy)
      if (distance > 1.12) continue
      const target = (y * width + x) * 3
      const lit = clamp(0.5 + dx * side * 0.9 - dy * 0.35)
      if (distance < 1) {
        const z = Math.sqrt(1 - distance * distance)
        const band = bands.values[Math.min(y - top, Math.ceil(height * 0.6) - 1) * width + x] ?? 0
        const cover = clamp((1 - distance) * radius * 0.7)
        const shade = lit * (0.25 + 0.75 * z) * 1.15
        for (let channel = 0; channel < 3; channel++) {
          const color = lerp(dark[channel] ?? 0, light[channel] ?? 0, clamp(band * 1.5 - 0.2)) * shade
          rgb[target + channel] = lerp(rgb[target + channel] ?? 0, color, cover)
        }
      }
      const rim =
        Math.exp(-((distance - 1) ** 2) * 900) * lit * 0.9 +
        (distance > 1 ? Math.exp((1 - distance) * 34) * lit * 0.35 : 0)
      rgb[target] = (rgb[target] ?? 0) + rim * lerp(0.5, light[0], 0.5)
      rgb[target + 1] = (rgb[target + 1] ?? 0) + rim * lerp(0.7, light[1], 0.5)
      rgb[target + 2] = (rgb[target + 2] ?? 0) + rim * lerp(1, light[2], 0.5)
    }
  }
}

/** High above the ground: sky all over, and a sea of cloud far below. */
export const sky: Backdrop = (s) => {
  paintSky(s.canvas, { ...s.stage, horizon: s.stage.height * 0.94 }, s.light, s.scene.seed)
  const { height, rgb, width } = s.canvas
  const top = Math.floor(height * 0.72)
  const field = noiseField(width, height - top, {
    seed: s.scene.seed,
    label: "cloud sea",
    cellWidth: s.stage.unit * 0.3,
    cellHeight: s.stage.unit * 0.07,
    octaves: 5
  })
  if (s.wants("cloud")) {
    for (let y = top; y < height; y++) {
      const down = (y - top) / (height - top)
      for (let x = 0; x < width; x++) {
        const value = field.values[(y - top) * width + x] ?? 0
        const cover = smoothstep(0.55 - down * 0.42, 0.72 - down * 0.3, value) * 0.94 * smoothstep(0, 0.22, down)
        const bright = clamp(0.35 + (value - 0.4) * 2.2)
        const target = (y * width + x) * 3
        for (let channel = 0; channel < 3; channel++) {
          const color = lerp(s.light.cloudShade[channel] ?? 0, s.light.cloudLit[channel] ?? 0, bright)
          rgb[target + channel] = lerp(rgb[target + channel] ?? 0, color, cover)
        }
      }
    }
  }
  return { mirror: still, water: null }
}

export const underwater: Backdrop = (s) => {
  const { height, unit, width } = s.stage
  const tint = s.scene.backdrop.color
  const night = 1 - 0.62 * s.light.lamps
  const base = tint === null ? fromHex("#1f8fb0") : fromHex(tint.name)
  const top: Rgb = mix(base, [0.75, 0.97, 0.95], 0.45)
  const deep: Rgb = mix(base, [0.01, 0.08, 0.2], 0.72)
  wash(s, "water", 0.5, (value, x, y) => {
    const color = mix(mix(top, base, smoothstep(0, 0.4, y)), deep, smoothstep(0.3, 1, y))
    const near = Math.exp(-((x - 0.5 + s.stage.side * -0.1) ** 2) * 5) * (1 - y) * 0.18
    const level = (0.94 + (value - 0.5) * 0.16 + near) * night
    return [color[0] * level, color[1] * level, color[2] * level]
  })
  const bedY = height * 0.8
  const reef = s.random("reef")
  let far = ""
  for (let index = 0; index < Math.round((9 * width) / unit); index++) {
    const x = reef() * width
    const r = unit * reef.between(0.07, 0.2)
    far += path(
      `M${n(x - r * 1.6)} ${n(bedY + unit * 0.05)}Q${n(x - r)} ${n(bedY - r * 1.1)} ${n(x - r * 0.1)} ${n(bedY - r * reef.between(0.6, 1.2))}Q${n(x + r)} ${n(bedY - r)} ${n(x + r * 1.6)} ${n(bedY + unit * 0.05)}Z`,
      toHex(mix(deep, base, 0.35 + 0.2 * reef()))
    )
  }
  s.draw(far, 7)
  const bed = groundTextures.seabed(s.grain)
  const watery = tinted(bed, mix(bed.color, base, 0.42))
  paintLevel(
    s.canvas,
    {
      ...s.light,
      key: [night * 1.05, night * 1.1, night * 1.1],
      ambient: [night, night, night],
      haze: deep,
      hazeStrength: 0.9
    },
    { texture: watery, top: bedY, bottom: height, horizon: bedY - unit * 0.12, metres: (4 * width) / unit, haze: 0.95 }
  )
  caustics(s, bedY)
  s.draw(weeds(s, bedY, base, night))
  lightShafts(
    { ...s, light: { ...s.light, glow: mix(top, [1, 1, 1], 0.3), sunHeight: 0.8, moon: false } },
    0.26 * night
  )
  s.draw(bubbles(s))
  return { mirror: still, water: null }
}

/** The net of light that waves throw on the ground: where two noises both cross their mean. */
const caustics = (s: Scenery, top: number): void => {
  const { height, rgb, width } = s.canvas
  const rows = height - Math.floor(top)
  if (rows < 2) return
  const a = noiseField(width, rows, {
    seed: s.scene.seed,
    label: "caustic a",
    cellWidth: s.stage.unit * 0.07,
    cellHeight: s.stage.unit * 0.03,
    octaves: 2
  })
  for (let y = 0; y < rows; y++) {
    const near = y / rows
    for (let x = 0; x < width; x++) {
      const line = clamp(1 - Math.abs((a.values[y * width + x] ?? 0) - 0.5) * 13)
      const target = ((y + Math.floor(top)) * width + x) * 3
      const light = line * line * 0.22 * near
      rgb[target] = (rgb[target] ?? 0) + light * 0.8
      rgb[target + 1] = (rgb[target + 1] ?? 0) + light
      rgb[target + 2] = (rgb[target + 2] ?? 0) + light * 0.92
    }
  }
}

const weeds = (s: Scenery, bedY: number, water: Rgb, level: number): string => {
  const { height, unit, width } = s.stage
  const random = s.random("weeds")
  const tone = (hex: string, far: number): string => {
    const [red, green, blue] = mix(fromHex(hex), water, far)
    return toHex([red * level, green * level, blue * level])
  }
  let svg = ""
  for (let index = 0; index < Math.round((13 * width) / unit); index++) {
    const edge = random.chance(0.75)
      ? random.chance(0.5)
        ? random.between(-0.02, 0.26)
        : random.between(0.74, 1.02)
      : random()
    const near = random()
    const x = width * edge
    const y = lerp(bedY + unit * 0.02, height, near)
    const far = lerp(0.55, 0.1, near)
    if (random.chance(0.5)) {
      const tall = unit * lerp(0.16, 0.42, near) * random.between(0.6, 1.1)
      const w = unit * 0.014
      const sway = random.between(-1, 1) * unit * 0.05
      svg += path(
        `M${n(x - w)} ${n(y)}C${n(x - w + sway)} ${n(y - tall * 0.35)} ${n(x - sway)} ${n(y - tall * 0.7)} ${n(x + sway)} ${n(y - tall)}C${n(x + w * 1.6 - sway)} ${n(y - tall * 0.66)} ${n(x + w * 2 + sway)} ${n(y - tall * 0.34)} ${n(x + w)} ${n(y)}Z`,
        tone(random.pick(["#3f8f4a", "#6a9a3a", "#2f7a5a"]), far)
      )
    } else {
      const size = unit * lerp(0.05, 0.13, near)
      const color = tone(random.pick(["#ff7a6a", "#f2a34a", "#d66ab0", "#ffd06a", "#a86ad6"]), far)
      for (let branch = 0; branch < 7; branch++) {
        const angle = -Math.PI * (0.14 + (branch / 6) * 0.72)
        const reach = size * random.between(0.7, 1.1)
        svg += `<path d="M${n(x)} ${n(y)}Q${n(x + Math.cos(angle) * reach * 0.4)} ${n(y - reach * 0.6)} ${n(x + Math.cos(angle) * reach)} ${n(y + Math.sin(angle) * reach)}" fill="none" stroke="${color}" stroke-width="${n(size * 0.17)}" stroke-linecap="round"/>`
      }
    }
  }
  return svg
}

const bubbles = (s: Scenery): string => {
  const { height, unit, width } = s.stage
  const random = s.random("bubbles")
  let svg = ""
  for (let index = 0; index < Math.round((26 * width) / unit); index++) {
    const r = unit * random.between(0.003, 0.014)
    const x = random() * width
    const y = random() * height * 0.9
    svg +=
      `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="#e6fbff" fill-opacity="0.14" stroke="#e6fbff" stroke-opacity="0.55" stroke-width="${n(r * 0.16)}"/>` +
      ellipse(x - r * 0.35, y - r * 0.35, r * 0.22, r * 0.18, "#ffffff", 'opacity="0.8"')
  }
  return svg
}

/** A vault of rock that opens towards daylight, with stalactites and a pool of that light on the floor. */
export const cave: Backdrop = (s) => {
  const { height, horizon, side, unit, width } = s.stage
  const rock = fromHex("#6b6470")
  const open: Rgb = mix(s.light.sky[1], s.light.sky[2], 0.5)
  const mouth = { x: width * (0.5 + side * 0.08), y: horizon * 0.72 }
  wash(s, "rock", 0.16, (value, x, y) => {
    const dx = (x * width - mouth.x) / (unit * 0.8)
    const dy = (y * height - mouth.y) / (unit * 0.7)
    const lit = Math.exp(-(dx * dx + dy * dy) * 1.6)
    const level = (0.16 + lit * 0.75) * (0.6 + value * 0.8)
    return mix([rock[0] * level, rock[1] * level, rock[2] * level * 1.05], open, lit * 0.12)
  })
  const [sky, haze] = [toHex(open), toHex(s.light.haze)]
  const random = s.random("cave")
  const arch: Array<string> = []
  const steps = 16
  for (let step = 0; step <= steps; step++) {
    const angle = Math.PI * (1 + step / steps)
    const r = unit * 0.27 * random.between(0.9, 1.08)
    arch.push(
      `${step === 0 ? "M" : "L"}${n(mouth.x + Math.cos(angle) * r * 1.2)} ${n(horizon + unit * 0.05 + Math.sin(angle) * r * 1.5)}`
    )
  }
  s.draw(
    path(`${arch.join("")}Z`, sky) +
      path(
        `M${n(mouth.x - unit * 0.33)} ${n(horizon + unit * 0.05)}q${n(unit * 0.2)} ${n(-unit * 0.16)} ${n(unit * 0.36)} ${n(-unit * 0.06)}t${n(unit * 0.3)} ${n(unit * 0.06)}Z`,
        haze,
        'opacity="0.7"'
      ),
    3
  )
  glow(s.canvas, { x: mouth.x, y: mouth.y, width: unit * 0.6, height: unit * 0.55 }, open, 0.3)
  paintGround(
    {
      ...s,
      light: {
        ...s.light,
        key: mix([0.42, 0.4, 0.46], open, 0.2),
        ambient: [0.2, 0.19, 0.24],
        haze: mix(open, [0.2, 0.2, 0.25], 0.5),
        backlit: 0
      }
    },
    { ground: "rock", metres: 6 }
  )
  pool(s.canvas, { x: mouth.x, y: horizon + unit * 0.1, width: unit * 0.5, height: unit * 0.4 }, [2.1, 2.05, 1.9], {
    top: horizon,
    bottom: height
  })
  let teeth = ""
  for (let index = 0; index < Math.round((20 * width) / unit); index++) {
    const x = random() * width
    const away = Math.abs(x - mouth.x) / width
    const long = unit * random.between(0.06, 0.2) * (0.45 + away * 1.6)
    const w = long * random.between(0.13, 0.24)
    teeth += path(
      `M${n(x - w)} -2L${n(x - w * 0.2)} ${n(long * 0.6)}L${n(x)} ${n(long)}L${n(x + w * 0.3)} ${n(long * 0.55)}L${n(x + w)} -2Z`,
      toHex([0.14 + 0.05 * random(), 0.13 + 0.04 * random(), 0.17 + 0.04 * random()])
    )
  }
  s.draw(teeth)
  return { mirror: { gloss: 0.1, roughness: 0.6, ripple: 0 }, water: null }
}

/** Curtains, boards and spotlights. */
export const stage: Backdrop = (s) => {
  const { horizon, unit, width } = s.stage
  const tint = s.scene.backdrop.color
  const cloth = tint === null ? fromHex("#9c1f2e") : fromHex(tint.name)
  const { height, rgb } = s.canvas
  const floorY = horizon + unit * 0.18
  for (let y = 0; y < floorY; y++) {
    for (let x = 0; x < width; x++) {
      const middle = Math.abs(x / width - 0.5) * 2
      const fold = Math.sin((x / unit) * 62 + Math.sin(y / unit + x / unit) * 0.7) * 0.5 + 0.5
      const level = (0.2 + fold * 0.5) * (0.45 + 0.6 * smoothstep(0.3, 0.9, middle)) * (0.75 + 0.25 * (y / floorY))
      const target = (y * width + x) * 3
      rgb[target] = cloth[0] * level
      rgb[target + 1] = cloth[1] * level
      rgb[target + 2] = cloth[2] * level
    }
  }
  const boards = s.scene.backdrop.material === null ? madeTextures.oak(s.grain) : null
  if (boards === null) paintGround(s, { ground: "concrete", metres: 6 }, floorY)
  else
    paintLevel(
      s.canvas,
      { ...s.light, key: [0.62, 0.5, 0.42], ambient: [0.4, 0.32, 0.3], haze: [0.1, 0.04, 0.05] },
      {
        texture: boards,
        top: floorY,
        bottom: height,
        horizon: horizon - unit * 0.1,
        metres: (5 * width) / unit,
        haze: 0.6
      }
    )
  pool(s.canvas, { x: width / 2, y: s.stage.front, width: unit * 0.62, height: unit * 0.26 }, [2.3, 2.15, 1.85], {
    top: floorY,
    bottom: height
  })
  const beam = (x: number, to: number, alpha: number): string =>
    path(
      `M${n(x - unit * 0.02)} ${n(-unit * 0.02)}L${n(to - unit * 0.3)} ${n(s.stage.front)}H${n(to + unit * 0.3)}L${n(x + unit * 0.02)} ${n(-unit * 0.02)}Z`,
      "#fff2cc",
      `opacity="${alpha}"`
    )
  s.draw(
    beam(width * 0.2, width * 0.5, 0.16) + beam(width * 0.8, width * 0.5, 0.16) + beam(width * 0.5, width * 0.5, 0.12),
    16
  )
  const swag = s.random("swag")
  let valance = ""
  for (let index = 0; index < 6; index++) {
    const x = (width * index) / 6
    const w = width / 6
    valance +=
      path(
        `M${n(x)} 0h${n(w)}v${n(unit * 0.05)}q${n(-w / 2)} ${n(unit * swag.between(0.1, 0.12))} ${n(-w)} 0Z`,
        toHex([cloth[0] * (0.52 + (index % 2) * 0.1), cloth[1] * 0.55, cloth[2] * 0.55])
      ) +
      path(
        `M${n(x)} ${n(unit * 0.05)}q${n(w / 2)} ${n(unit * 0.11)} ${n(w)} 0v${n(unit * 0.008)}q${n(-w / 2)} ${n(unit * 0.11)} ${n(-w)} 0Z`,
        "#d9b24a"
      )
  }
  s.draw(valance + rect(0, 0, width, unit * 0.012, "#d9b24a"))
  return { mirror: { gloss: 0.16, roughness: 0.6, ripple: 0 }, water: null }
}

/** A sweep of paper that turns from floor into wall without an edge, lit from one side. */
export const studio: Backdrop = (s) => {
  const { canvas, light, stage: at } = s
  const { height, side, unit, width } = at
  const { rgb } = canvas
  const random = s.random("sweep")
  const asked = s.scene.backdrop.color
  const paper =
    asked === null
      ? fromHex(random.pick(["#cfe3ea", "#f0dcc6", "#dfe6d2", "#e6d9ea", "#f3d6cf", "#d9dee6"]))
      : fromHex(asked.name)
  const base: Rgb = [
    paper[0] * mix(light.key, [1, 1, 1], 0.3)[0],
    paper[1] * mix(light.key, [1, 1, 1], 0.3)[1],
    paper[2] * mix(light.key, [1, 1, 1], 0.3)[2]
  ]
  const bend = lerp(at.back, at.front, 0.1)
  for (let y = 0; y < height; y++) {
    const floor = smoothstep(bend - unit * 0.16, bend + unit * 0.16, y)
    for (let x = 0; x < width; x++) {
      const dx = (x - width * (0.5 + side * 0.16)) / (unit * 0.85)
      const dy = (y - height * 0.36) / (unit * 0.8)
      const wall = 0.68 + 0.42 * Math.exp(-(dx * dx + dy * dy))
      const fx = (x - width * 0.5) / (unit * 0.95)
      const fy = (y - at.front) / (unit * 0.42)
      const ground = 0.88 + 0.24 * Math.exp(-(fx * fx + fy * fy))
      const level = lerp(wall, ground, floor)
      const target = (y * width + x) * 3
      rgb[target] = base[0] * level
      rgb[target + 1] = base[1] * level
      rgb[target + 2] = base[2] * level
    }
  }
  if (s.scene.backdrop.material !== null)
    paintGround(
      { ...s, light: { ...light, backlit: 0, haze: base } },
      { ground: "concrete", metres: 3 },
      at.back - unit * 0.06
    )
  return { mirror: { gloss: 0.2, roughness: 0.55, ripple: 0 }, water: null }
}
