import { startStoryboardRenderer } from "@image-skill/adapters/media/storyboard/StoryboardRenderer"

// Never closes its renderer: an idle thread must not keep the process alive.
const { mimeType } = await startStoryboardRenderer().illustrate({
  prompt: "a cat",
  width: 256,
  height: 256,
  seed: 1,
  style: null,
  format: "png"
})
process.stdout.write(mimeType)
