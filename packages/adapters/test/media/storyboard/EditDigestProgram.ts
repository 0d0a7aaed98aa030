import { createHash } from "node:crypto"
import { revise } from "@image-skill/adapters/media/storyboard/Revise"

// Prints the digest of an edited picture: its scene as JSON, then the instruction.
const [scene = "null", instruction = ""] = process.argv.slice(2)
const { bytes } = await revise({ scene: JSON.parse(scene), instruction, format: "png", formatAsked: false })
process.stdout.write(createHash("sha256").update(bytes).digest("hex"))
