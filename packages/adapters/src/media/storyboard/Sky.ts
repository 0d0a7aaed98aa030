import { clamp, lerp, mix, type Rgb, smoothstep } from "./Color.ts"
import type { Light } from "./Light.ts"
import { noiseField } from "./Noise.ts"
import { makeRandom, type Random } from "./Random.ts"
import { type Canvas, makePlane, type Plane, resize } from "./Raster.ts"
import type { Stage } from "./Stage.ts"
import { glow } from "./Surface.ts"

/** Paints the sky from the top of the picture to the horizon, and a little below it for hills that dip. */
export const paintSky = (canvas: Canvas, stage: Stage, light: Light, seed: number): void => {
  paintGradient(canvas, stage, light)
  if (light.stars > 0) paintStars(canvas, stage, light, makeRandom(seed, "stars"))
  paintSun(canvas, stage, light)
  if (light.clouds > 0.05) paintClouds(canvas, stage, light, seed)
}

const paintGradient = (canvas: Canvas, stage: Stage, light: Light): void => {
  const { height, rgb, width } = canvas
  const [top, middle, horizon] = light.sky
  const warm = light.sunHeight > -0.2 ? light.backlit : 0
  for (let y = 0; y < height; y++) {
    const down = clamp(y / Math.max(1, stage.horizon))
    const color = mix(mix(top, middle, smoothstep(0, 0.65, down)), horizon, smoothstep(0.4, 1, down))
    const sunward = warm * smoothstep(0.2, 1, down) * 0.35
    let target = y * width * 3
    for (let x = 0; x < width; x++, target += 3) {
      // A low sun lights its own side of the sky.
      const dx = (x - stage.sun.x) / width
      const near = sunward / (1 + dx * dx * 7)
      rgb[target] = color[0] + (light.glow[0] - color[0]) * near
      rgb[target + 1] = color[1] + (light.glow[1] - color[1]) * near
      rgb[target + 2] = color[2] + (light.glow[2] - color[2]) * near
    }
  }
}

const paintStars = (canvas: Canvas, stage: Stage, light: Light, random: Random): void => {
  const { rgb, width } = canvas
  const bottom = Math.min(canvas.height - 1, stage.horizon)
  const amount = Math.round(((width * bottom) / 2600) * Math.min(1, light.stars) * (1200 / (stage.unit + 200)))
  for (let index = 0; index < amount; index++) {
    const x = random() * (width - 3) + 1
    const y = random() * random() * (bottom - 2) + 1
    const brightness = random() ** 3 * light.stars
    const radius = lerp(0.5, 1.5, random() ** 4) * Math.max(0.7, stage.unit / 1000)
    const warmth = random()
    const color: Rgb = [lerp(0.8, 1, warmth), lerp(0.88, 0.93, warmth), lerp(1, 0.82, warmth)]
    const fade = 1 - smoothstep(0.55, 1, y / stage.horizon) * 0.8
    glow(canvas, { x, y, width: radius * 2.2, height: radius * 2.2 }, color, (0.35 + brightness) * fade)
    if (brightness > 0.75) glow(canvas, { x, y, width: radius * 7, height: radius * 7 }, color, 0.14 * fade)
  }
  if (light.stars > 0.9) paintMilkyWay(rgb, width, bottom, light.stars - 0.4)
}

/** A faint diagonal band of light. */
const paintMilkyWay = (rgb: Float32Array, width: number, bottom: number, strength: number): void => {
  const columns = Math.ceil(width / 4)
  const rows = Math.ceil(bottom / 4)
  const dust = noiseField(columns, rows, {
    seed: 11,
    label: "milky way",
    cellWidth: columns / 6,
    cellHeight: rows / 5,
    octaves: 5
  })
  const fine = resize(dust.values, columns, rows, 1, width, Math.ceil(bottom))
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      const across = (x / width - 0.5) * 0.75 + (y / bottom - 0.42)
      const band = Math.exp(-across * across * 26) * strength
      const cloud = clamp(((fine[y * width + x] ?? 0) - 0.34) * 2.2) * band
      const target = (y * width + x) * 3
      rgb[target] = (rgb[target] ?? 0) + cloud * 0.16
      rgb[target + 1] = (rgb[target + 1] ?? 0) + cloud * 0.17
      rgb[target + 2] = (rgb[target + 2] ?? 0) + cloud * 0.26
    }
  }
}

const paintSun = (canvas: Canvas, stage: Stage, light: Light): void => {
  const { x, y } = stage.sun
  const unit = stage.unit
  if (light.moon) {
    const radius = unit * 0.05
    glow(canvas, { x, y, width: radius * 9, height: radius * 9 }, light.glow, 0.22)
    glow(canvas, { x, y, width: radius * 3.2, height: radius * 3.2 }, light.glow, 0.3)
    paintMoon(canvas, x, y, radius)
    return
  }
  if (light.sunHeight < -0.5) return
  const low = light.backlit
  const reach = unit * lerp(0.3, 0.62, low)
  glow(canvas, { x, y, width: reach * lerp(1, 1.5, low), height: reach }, light.glow, lerp(0.22, 0.42, low))
  if (light.sunHeight < 0) return
  const radius = unit * lerp(0.034, 0.062, low)
  glow(canvas, { x, y, width: radius * 3.4, height: radius * 3.4 }, light.glow, 0.5)
  paintDisc(canvas, x, y, radius, mix(light.glow, [1.25, 1.2, 1.1], 0.6))
}

const paintDisc = (canvas: Canvas, cx: number, cy: number, radius: number, color: Rgb): void => {
  const { rgb, width } = canvas
  for (let y = Math.max(0, Math.floor(cy - radius - 1)); y < Math.min(canvas.height, cy + radius + 1); y++) {
    for (let x = Math.max(0, Math.floor(cx - radius - 1)); x < Math.min(width, cx + radius + 1); x++) {
      const cover = clamp(radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy))
      if (cover <= 0) continue
      const target = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++) {
        rgb[target + channel] = lerp(rgb[target + channel] ?? 0, color[channel] ?? 0, cover)
      }
    }
  }
}

/** A full moon: a warm grey disc, shaded towards its rim, with dark seas. */
const paintMoon = (canvas: Canvas, cx: number, cy: number, radius: number): void => {
  const { rgb, width } = canvas
  const size = Math.ceil(radius * 2) + 2
  const seas = noiseField(size, size, {
    seed: 5,
    label: "moon",
    cellWidth: radius * 0.7,
    cellHeight: radius * 0.7,
    octaves: 4
  })
  const left = Math.floor(cx - size / 2)
  const top = Math.floor(cy - size / 2)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const px = left + x
      const py = top + y
      if (px < 0 || py < 0 || px >= width || py >= canvas.height) continue
      const distance = Math.hypot(px + 0.5 - cx, py + 0.5 - cy)
      const cover = clamp(radius + 0.5 - distance)
      if (cover <= 0) continue
      const sea = smoothstep(0.48, 0.6, seas.values[y * size + x] ?? 0) * 0.2
      const level = (1.04 - sea) * (1 - 0.14 * (distance / radius) ** 3)
      const target = (py * width + px) * 3
      rgb[target] = lerp(rgb[target] ?? 0, level, cover)
      rgb[target + 1] = lerp(rgb[target + 1] ?? 0, level * 0.97, cover)
      rgb[target + 2] = lerp(rgb[target + 2] ?? 0, level * 0.88, cover)
    }
  }
}

/** Clouds are computed at half the size, which is also the softness they want. */
const paintClouds = (canvas: Canvas, stage: Stage, light: Light, seed: number): void => {
  const width = Math.ceil(canvas.width / 2)
  const height = Math.ceil(Math.min(canvas.height, stage.horizon + 2) / 2)
  if (height < 4) return
  const closed = light.clouds > 0.75
  const clouds = closed ? ceiling(width, height, light, seed) : heaps(width, height, stage, light, seed)
  const alphaFull = resize(clouds.alpha.values, width, height, 1, canvas.width, height * 2)
  const shadeFull = resize(clouds.shade.values, width, height, 1, canvas.width, height * 2)
  const { rgb } = canvas
  const rows = Math.min(canvas.height, height * 2)
  for (let y = 0; y < rows; y++) {
    const low = smoothstep(0.3, 1, y / stage.horizon)
    const fade = closed ? 0.92 : 1 - smoothstep(0.72, 1, y / stage.horizon) * 0.7
    const lit = mix(light.cloudLit, light.haze, 0.32 * low)
    const dark = mix(light.cloudShade, light.haze, 0.3 * low)
    for (let x = 0, at = y * canvas.width; x < canvas.width; x++, at++) {
      const cover = (alphaFull[at] ?? 0) * fade
      if (cover < 0.004) continue
      const bright = shadeFull[at] ?? 0
      const target = at * 3
      for (let channel = 0; channel < 3; channel++) {
        const color = (dark[channel] ?? 0) + ((lit[channel] ?? 0) - (dark[channel] ?? 0)) * bright
        rgb[target + channel] = (rgb[target + channel] ?? 0) * (1 - cover) + color * cover
      }
    }
  }
}

interface Clouds {
  readonly alpha: Plane
  readonly shade: Plane
}

/** Fair weather: heaps of round puffs on a flat base, each puff lit by itself, then torn by noise. */
const heaps = (width: number, height: number, stage: Stage, light: Light, seed: number): Clouds => {
  const random = makeRandom(seed, "clouds")
  const clouds: Clouds = { alpha: makePlane(width, height), shade: makePlane(width, height) }
  const amount = Math.max(2, Math.round((width / height) * 1.3 + light.clouds * 7))
  for (let index = 0; index < amount; index++) {
    // From far to near: those far away are lower in the picture, smaller and flatter.
    const depth = 1 - (index + random()) / amount
    const tall = lerp(0.4, 0.1, Math.sqrt(depth)) * Math.min(height, width) * random.between(0.75, 1.2)
    const baseY = height * lerp(0.3, 0.92, depth * 0.9 + random() * 0.1)
    heap(
      clouds,
      random,
      { cx: random.between(-0.06, 1.06) * width, baseY, tall, wide: tall * random.between(1.5, 2.6) },
      stage
    )
  }
  const broad = noiseField(width, height, {
    seed,
    label: "cloud body",
    cellWidth: height * 0.16,
    cellHeight: height * 0.1,
    octaves: 3
  })
  const rough = noiseField(width, height, {
    seed,
    label: "cloud edge",
    cellWidth: height * 0.05,
    cellHeight: height * 0.036,
    octaves: 4,
    gain: 0.62
  })
  const { alpha, shade } = clouds
  for (let index = 0; index < alpha.values.length; index++) {
    const dense = alpha.values[index] ?? 0
    if (dense <= 0) continue
    const fine = (rough.values[index] ?? 0) - 0.5
    const torn = ((broad.values[index] ?? 0) - 0.5) * 0.75 + fine * 0.95
    alpha.values[index] = smoothstep(0.3, 0.82, dense + torn * (1.15 - dense * 0.75)) * 0.97
    shade.values[index] = clamp((shade.values[index] ?? 0) + fine * 0.26)
  }
  return clouds
}

/** One cloud: a row of large puffs on the base, a few above its middle, and small ones that grow out of those. */
const heap = (
  clouds: Clouds,
  random: Random,
  form: { readonly cx: number; readonly baseY: number; readonly tall: number; readonly wide: number },
  stage: Stage
): void => {
  const { baseY, cx, tall, wide } = form
  const body: Array<{ readonly x: number; readonly y: number; readonly r: number }> = []
  const row = random.whole(6, 9)
  const lean = random.between(-0.35, 0.35)
  for (let index = 0; index < row; index++) {
    const along = (index / (row - 1)) * 2 - 1
    const arch = Math.max(0, 1 - (along - lean) ** 2 * 0.8)
    const r = Math.max((wide / row) * 0.95, tall * lerp(0.16, 0.36, arch)) * random.between(0.9, 1.12)
    body.push({ x: cx + along * wide * 0.5, y: baseY - r * random.between(0.4, 0.6), r })
  }
  for (let index = 0; index < 4; index++) {
    const along = lean + random.between(-0.36, 0.36)
    body.push({
      x: cx + along * wide * 0.5,
      y: baseY - tall * random.between(0.4, 0.62),
      r: tall * random.between(0.24, 0.34)
    })
  }
  for (const at of body) puff(clouds, { ...at, baseY, tall }, stage.side)
  for (let index = 0; index < 26; index++) {
    const from = body[Math.floor(random() * body.length)] ?? { x: cx, y: baseY, r: tall * 0.2 }
    const angle = -Math.PI * random.between(0.08, 0.92)
    const r = from.r * random.between(0.3, 0.52)
    const reach = from.r * 0.66
    puff(
      clouds,
      { x: from.x + Math.cos(angle) * reach, y: from.y + Math.sin(angle) * reach, r, baseY, tall },
      stage.side
    )
  }
}

const puff = (
  clouds: Clouds,
  at: { readonly x: number; readonly y: number; readonly r: number; readonly baseY: number; readonly tall: number },
  side: number
): void => {
  const { alpha, shade } = clouds
  const { height, width } = alpha
  for (let y = Math.max(0, Math.floor(at.y - at.r)); y < Math.min(height, at.y + at.r); y++) {
    const dy = (y - at.y) / at.r
    const base = y > at.baseY ? Math.max(0, 1 - (y - at.baseY) / (at.r * 0.5)) : 1
    const lift = clamp((at.baseY - y) / at.tall)
    for (let x = Math.max(0, Math.floor(at.x - at.r)); x < Math.min(width, at.x + at.r); x++) {
      const dx = (x - at.x) / at.r
      const distance = dx * dx + dy * dy
      if (distance >= 1) continue
      const opaque = Math.min(1, (1 - distance) * (1 - distance) * 1.7 * base)
      const bright = clamp(0.3 + lift * 0.42 - dy * 0.34 + dx * side * 0.16)
      const index = y * width + x
      shade.values[index] = (shade.values[index] ?? 0) * (1 - opaque) + bright * opaque
      alpha.values[index] = (alpha.values[index] ?? 0) + (1 - (alpha.values[index] ?? 0)) * opaque
    }
  }
}

/** A closed sky: noise on a level ceiling, long bands near the horizon. */
const ceiling = (width: number, height: number, light: Light, seed: number): Clouds => {
  const field = noiseField(width, height, {
    seed,
    label: "overcast",
    cellWidth: height * 0.75,
    cellHeight: height * 0.26,
    octaves: 6,
    gain: 0.55
  })
  const alpha = makePlane(width, height)
  const shade = makePlane(width, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const here = clamp(((field.values[at] ?? 0) - 0.5) * 2.1 + light.clouds * 0.55)
      const above = clamp(((field.values[Math.max(0, y - 2) * width + x] ?? 0) - 0.5) * 2.1 + light.clouds * 0.55)
      alpha.values[at] = smoothstep(0.15, 0.65, here)
      shade.values[at] = clamp(0.95 - here * 0.85 + (here - above) * 2.4)
    }
  }
  return { alpha, shade }
}
