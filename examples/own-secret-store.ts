/**
 * Tokens where you keep your other secrets. Nothing but `read` and `write` ever sees one: answers, errors and logs do not.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { TokenStore } from "@image-skill/adapters/agent/Choices"
import { ImageSkill } from "@image-skill/adapters/agent/ImageSkill"

/** One file for each service, readable by its owner only. Put your vault's client in its place. */
export class Vault implements TokenStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  read(origin: string): Promise<string | null> {
    return readFile(this.#fileOf(origin), "utf8").catch(() => null)
  }

  async write(origin: string, token: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(this.#fileOf(origin), token, { mode: 0o600 })
  }

  async remove(origin: string): Promise<boolean> {
    const had = (await this.read(origin)) !== null
    await rm(this.#fileOf(origin), { force: true })
    return had
  }

  /** A token belongs to the service that issued it. */
  #fileOf(origin: string): string {
    return join(this.#folder, encodeURIComponent(origin))
  }
}

/** Signs up once; every later start finds the token in the vault. */
export const openWithVault = async (folder: string, vault: TokenStore): Promise<ImageSkill> => {
  const skill = await ImageSkill.open({ folder, secretStore: vault })
  const { stage } = await skill.guide({ prompt: "a red fox" })
  if (stage === "auth_required") await skill.signup({ agent_name: "vault-painter" })
  return skill
}
