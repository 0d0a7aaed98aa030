/**
 * The guide loop in plain async TypeScript: ask what is next, do it, ask again. Nothing here knows the service's rules;
 * what only a person can do ends the loop.
 *
 *   node examples/guide-loop-promise.ts "a red fox in the snow" ./pictures
 */
import { pathToFileURL } from "node:url"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"
import { nextTools } from "@image-skill/core/agent/NextTool"

/** What the agent may do without asking anybody; a spend only within its cap. */
const allowed = new Set(["read", "write", "spend"])

export const makePicture = async (
  skill: ImageSkill,
  prompt: string,
  maxUsd: number
): Promise<ReadonlyArray<string>> => {
  for (let turn = 1; turn <= 8; turn += 1) {
    const guide = await skill.ask("guide", { prompt, max_usd: maxUsd })
    const [next] = nextTools(guide)
    if (next === undefined || !allowed.has(next.effect) || next.needs.length > 0) break
    console.log(`${turn}. ${next.tool}`)
    if (next.tool === "create") {
      const { asset_ids } = await skill.create({ prompt, max_usd: maxUsd, ...next.arguments })
      return asset_ids
    }
    const answer = await skill.ask(next.tool, next.arguments)
    if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  }
  throw new Error("a person has to go on from here")
}

const [, program, prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await using skill = await ImageSkill.open({ folder, runtime: "example" })
  console.log((await makePicture(skill, prompt, 0.1)).join("\n"))
}
