/**
 * The whole of Image Skill inside of your own program: no account, no key, no network.
 *
 *   node examples/embed.ts "a red fox in the snow" ./pictures
 */
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"

const [, , prompt = "a compact field camera on a stainless workbench", folder = "pictures"] = process.argv

await using skill = await ImageSkill.open({ folder })
await skill.signup({ agent_name: "embedded-painter" })
const { asset_ids } = await skill.create({ prompt, max_usd: 0.1, idempotency_key: "first-picture" })
for (const asset_id of asset_ids) {
  const { download } = await skill.assets.get({ asset_id, output: `${folder}/${asset_id}.png`, overwrite: true })
  console.log(download.output_path)
}
