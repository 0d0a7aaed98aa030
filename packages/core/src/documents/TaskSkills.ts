import { type Block, commands, file, heading, list, paragraph } from "./Markdown.ts"
import { type RuleId, stated } from "./Rules.ts"
import { frontMatter, places } from "./SkillDocument.ts"

/**
 * A skill named after a task, because searches match names (contract/after-0.1.24.md 9). Each is short, leads to the
 * same guide, and differs in what makes an agent load it.
 */
interface TaskSkill {
  readonly name: string
  readonly title: string
  readonly description: string
  /** The guide for such a task. */
  readonly guide: string
  readonly about: string
  /** What is different here from any other media. */
  readonly notes: ReadonlyArray<string>
}

export const taskSkills: ReadonlyArray<TaskSkill> = [
  {
    name: "image-generation",
    title: "Make a picture",
    description:
      "Make a picture from words: illustration, icon, logo, poster, thumbnail, wallpaper, product shot or concept art, in a given " +
      "size or aspect ratio. Use it when a task needs a new image file and has no picture to start from.",
    guide: `image-skill create --guide --prompt "a lighthouse at dusk, flat illustration"`,
    about: "A new picture from a prompt.",
    notes: [
      "Say the shape with `--aspect-ratio`, such as `16:9`, and the purpose with `--intent`, such as `draft` or `final`.",
      "Several tries at once are one request with `--output-count`; each output is debited.",
      "Read `evidence` of the answer before you call it done: size, transparency, and flags such as `blank` or `wrong_size`."
    ]
  },
  {
    name: "ai-image-generation",
    title: "Generate images with AI models",
    description:
      "Generate images with named AI models by text-to-image: FLUX, GPT Image, Grok Imagine, Gemini, Imagen, Nano Banana and others, " +
      "compared by price and parameters. Use it when a task names a model or provider, or asks which image model to use.",
    guide: `image-skill create --guide --prompt "a lighthouse at dusk, photograph"`,
    about: "Pictures by a model that you choose, or that is chosen by intent, quality and budget.",
    notes: [
      "`image-skill models list --query flux` finds models by any name they go by; `image-skill models show MODEL_ID` has the " +
        "price and the native parameters of one.",
      "Pass native parameters with `--model-parameters-json`; there are no quality words that mean the same to all models.",
      "If the wanted model cannot run, its row says why. Do not swap it silently."
    ]
  },
  {
    name: "agent-image-generation",
    title: "Images for an agent that works alone",
    description:
      "Let an autonomous agent make images by itself: without an account or a browser at hand, with its own identity, spending caps, " +
      "receipts and safe retries, and payment only where it is delegated. Use it when no person is there to sign in or to pay.",
    guide: `image-skill create --guide --prompt "a lighthouse at dusk" --max-usd 0.10`,
    about: "One rule carries an agent from nothing to a verified file: run `data.next_command`.",
    notes: [
      "`signup` makes a restricted identity without any inbox and saves its token.",
      "`image-skill credits plan --credits 100 --no-human` lists the rails that need no person; where there is none, ask one.",
      "Keep `job_id` and the idempotency key of every step; after a crash they lead back to the work, and nothing is paid twice."
    ]
  },
  {
    name: "image-edit",
    title: "Change a picture",
    description:
      "Change an existing picture: retouch, restyle, remove or replace objects or backgrounds, inpaint with a mask, extend, crop, " +
      "resize, convert or upscale. Use it when a task comes with an image file, URL or asset to work on.",
    guide: `image-skill edit --guide --input photo.jpg --prompt "make it night"`,
    about: "An edit makes a new asset; the old one stays as it is.",
    notes: [
      "`--input` takes an asset id, a path, a URL, or `-`; give it several times for models that take several pictures.",
      "`--mask` says where the picture may change; the flag `changed_outside_mask` says whether the model kept to it.",
      "Resizing, cropping and converting need no generative model: `image-skill models show local.adjust`."
    ]
  },
  {
    name: "ai-video-generation",
    title: "Make a video",
    description:
      "Make a short video, clip, animation or b-roll from words or from a still picture. Use it when a task asks for moving pictures, " +
      "mp4, image-to-video or text-to-video.",
    guide: `image-skill create --guide --intent video --prompt "waves roll in at dusk, slow pan"`,
    about: "Clips by video models of the providers that are configured.",
    notes: [
      "`image-skill models list --modality video` has the models with lengths, sizes and prices; video costs more than pictures, so " +
        "set `--max-usd`.",
      "A clip takes minutes. The command waits for `--wait-ms` and then ends with the id of the job, which goes on: " +
        "`image-skill jobs wait JOB_ID`.",
      "No embedded model makes video. Do not hand over a still picture instead; say what is missing."
    ]
  },
  {
    name: "ai-audio-generation",
    title: "Make sound or music",
    description:
      "Make a sound effect, ambience, jingle or piece of music from words. Use it when a task asks for audio, a soundtrack, wav or mp3.",
    guide: `image-skill create --guide --intent audio --prompt "gentle rain on a tin roof"`,
    about: "Sound by audio models of the providers that are configured.",
    notes: [
      "`image-skill models list --modality audio` has the models, with their length in `model_parameters` and their price.",
      "There is no aspect ratio; leave it out.",
      "Read `evidence` of the answer: duration, and the flag `silent`."
    ]
  },
  {
    name: "image-to-3d",
    title: "Make a 3D model",
    description:
      "Make a 3D model, mesh or GLB file from a picture. Use it when a task asks for a 3D asset, glTF, a mesh for a game or a scene, or " +
      "image-to-3D.",
    guide: `image-skill create --guide --intent image-to-3d --prompt "a wooden chair"`,
    about: "A picture goes in, a mesh comes out.",
    notes: [
      "The models take a picture as `--input` of `edit`: `image-skill models list --modality 3d` names them with their prices, and " +
        "`image-skill models show MODEL_ID` their parameters.",
      "One object, seen whole, before a plain background gives the best mesh. Make such a picture first if you have none.",
      "The result is a file for other programs; `assets get` names it by its type."
    ]
  },
  {
    name: "creative-media",
    title: "Media for a campaign",
    description:
      "Plan and make a set of media that belongs together: pictures in several shapes, variations, a clip and a sound for one idea, with " +
      "a budget for all of it. Use it for campaigns, storyboards, decks, listings and social posts.",
    guide: `image-skill create --guide --intent draft --prompt "a lighthouse at dusk, campaign key visual"`,
    about: "First one draft that is right, then the rest from it.",
    notes: [
      "Price the whole set with dry runs before the first paid step, and tell whoever pays.",
      "Edit the approved picture instead of prompting anew, so that the set stays alike; `image-skill assets lineage ASSET_ID` shows " +
        "what came from what.",
      "Give every piece its own idempotency key, made of the campaign and the piece."
    ]
  }
]

/** `skills/NAME/SKILL.md` of a task. */
export const taskSkill = ({ about, description, guide, name, notes, title }: TaskSkill): string => {
  const steps: ReadonlyArray<Block> = [
    paragraph(
      `${about} The guide is the first command: it changes nothing, costs nothing, and answers with one next command.`
    ),
    commands([guide]),
    paragraph(
      "Run `data.next_command` of the answer, and so on until the media are there; then fetch the file with the command that it " +
        "prints. If `image-skill` is not on `PATH`, the skill `image-skill` says how to run the package."
    )
  ]
  return file([
    frontMatter({ name, description, metadata: places }),
    heading(1, title),
    ...steps,
    heading(2, "Here"),
    list(notes),
    heading(2, "Always"),
    ...always.flatMap((id) => stated(id, "llms")),
    paragraph("The whole of it is the skill `image-skill`; every command and flag stands in its `references/cli.md`.")
  ])
}

/** What holds for every task, in brief. */
const always: ReadonlyArray<RuleId> = ["secrets", "no-credentials", "cost", "idempotency", "live-money", "retry"]
