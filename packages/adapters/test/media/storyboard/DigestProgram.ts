import { createHash } from "node:crypto"
import { illustrate } from "@image-skill/adapters/media/storyboard/Illustrate"

// Prints the digest of a picture: the words of the command line are the prompt.
const { bytes } = await illustrate({
  prompt: process.argv.slice(2).join(" "),
  width: 300,
  height: 256,
  seed: 5,
  style: null,
  format: "png"
})
process.stdout.write(createHash("sha256").update(bytes).digest("hex"))
