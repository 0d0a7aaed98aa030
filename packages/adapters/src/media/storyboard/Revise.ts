import { drawnOf } from "./Drawn.ts"
import { type EditedScene, editScene } from "./EditScene.ts"
import { encodeBytes, type IllustrationFormat, toBytes } from "./Encode.ts"
import { paint, type Painted } from "./Paint.ts"
import { readScene } from "./ReadScene.ts"
import type { Scene, Staging } from "./Scene.ts"

/** A change of a picture of ours, by words. */
export interface RevisionRequest {
  /** As `Illustration.scene` or `Revision.scene` was, however it was kept. */
  readonly scene: unknown
  readonly instruction: string
  readonly format: IllustrationFormat
  /** The format is the caller's choice, and not only that of the picture before. */
  readonly formatAsked: boolean
}

export interface Revision {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly format: IllustrationFormat
  readonly drawn: ReadonlyArray<string>
  /** What was changed, in phrases such as `time: night`. */
  readonly changes: ReadonlyArray<string>
  readonly notUnderstood: ReadonlyArray<string>
  /** Outside of it every pixel is as it was. */
  readonly changedArea: Area
  /** The share of all pixels that differ at all, 0 to 1. */
  readonly changedShare: number
  readonly scene: Scene
}

/** In whole pixels. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** No picture, because it would not be what was asked for; the message is for the caller. */
export class RevisionRefused extends Error {
  override readonly name = "RevisionRefused"
}

/** Changes the scene, paints it before and after, and says what became different. */
export const revise = async (request: RevisionRequest): Promise<Revision> => {
  const before = readScene(request.scene)
  if (before === null)
    throw new RevisionRefused("The scene of this picture is not one that this version of the illustrator can read.")
  const read = editScene(before, null, request.instruction)
  refuseNothing(read)
  const painted = await paint(before)
  // Once more, now that it is known where everything stands.
  const edited = editScene(before, painted.staging, request.instruction)
  refuseNothing(edited)
  const { changes, notUnderstood, scene } = edited
  const format = formatFor(request, scene)
  const after = await paint(scene)
  const difference = compare(painted, after)
  if (difference === null)
    throw new RevisionRefused(`The picture would stay as it is: ${changes.join("; ")} cannot be seen in it.`)
  return {
    bytes: await encodeBytes(toBytes(after.canvas, after.alpha), scene, format),
    format,
    drawn: drawnOf(scene),
    changes: moved(scene.staging ?? null, after.staging) ? [...changes, "arranged anew"] : changes,
    notUnderstood,
    ...difference,
    scene
  }
}

/** Another kind of ground has other places to stand on. */
const moved = (kept: Staging | null, now: Staging | null): boolean =>
  kept !== null &&
  now !== null &&
  (kept.ground !== now.ground || kept.water !== now.water || (now.water && kept.standing !== now.standing))

const refuseNothing = ({ asksForAdjustment, changes, notUnderstood }: EditedScene): void => {
  const hint = asksForAdjustment ? " Cropping, resizing, blurring and the like are done by local.adjust." : ""
  if (changes.length === 0) throw new RevisionRefused(`${nothingUnderstood(notUnderstood)}${hint}`)
}

const nothingUnderstood = (missed: ReadonlyArray<string>): string =>
  missed.length === 0
    ? "The instruction asks for nothing that is not so already."
    : `Nothing in the picture could be changed by this instruction; not understood: ${missed.join(", ")}.`

/** What is cut out needs a file that can be transparent. */
const formatFor = ({ format, formatAsked }: RevisionRequest, { cutout }: Scene): IllustrationFormat => {
  if (cutout !== true || format !== "jpeg") return format
  if (formatAsked)
    throw new RevisionRefused("A picture without background is transparent, which jpeg cannot be. Ask for png or webp.")
  return "png"
}

const compare = (
  before: Painted,
  after: Painted
): { readonly changedArea: Area; readonly changedShare: number } | null => {
  const { height, width } = after.canvas
  const [one, other] = [opaque(before), opaque(after)]
  let [left, top, right, bottom, changed] = [width, height, -1, -1, 0]
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const same =
        one[at] === other[at] &&
        one[at + 1] === other[at + 1] &&
        one[at + 2] === other[at + 2] &&
        one[at + 3] === other[at + 3]
      if (same) continue
      changed += 1
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = y
    }
  }
  if (changed === 0) return null
  const changedArea = { left, top, width: right - left + 1, height: bottom - top + 1 }
  return { changedArea, changedShare: changed / (width * height) }
}

const opaque = ({ alpha, canvas }: Painted): Uint8Array =>
  toBytes(canvas, alpha ?? { ...canvas, values: new Float32Array(canvas.width * canvas.height).fill(1) })
