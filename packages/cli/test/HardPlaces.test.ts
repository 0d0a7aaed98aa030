import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { isAbsolute, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { at, drive, type DroveCase, executable, folder, path, type Place, place, prefix } from "./Cli.ts"
import { type Ran, signedUp, small, text } from "./Cli.ts"
import { exitCodes } from "./Contract.ts"
import { normal } from "./Normal.ts"
import { changes, treeOf } from "./Tree.ts"

let signed: Place
let made: Place
let job = ""
let asset = ""

beforeAll(async () => {
  signed = await signedUp()
  made = signed.copy()
  const { data } = await made.run(["create", "--prompt", "a red apple", "--idempotency-key", "first", ...small])
  job = text(data, "job_id")
  asset = text(data, "asset_ids.0")
})

/** Whether this machine lets us mount disks of our own to fill up and to write-protect (decision D7). */
const canMount = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0

const signup = ["signup", "--agent", "--agent-name", "a", "--runtime", "b"]

/** Every command that reads, and the ones that change something. */
const everything = (): ReadonlyArray<ReadonlyArray<string>> => [
  ["doctor"],
  ["whoami"],
  ["auth", "status"],
  ["usage", "quota"],
  ["credits", "methods"],
  ["credits", "packs", "list"],
  ["models", "list", "--provider", "local"],
  ["models", "show", "local.storyboard"],
  ["capabilities", "list"],
  ["create", "--guide", "a lighthouse"],
  ["create", "--dry-run", "--prompt", "a lighthouse"],
  ["create", "--prompt", "a lighthouse", "--idempotency-key", "hard", ...small],
  ["assets", "show", asset],
  ["assets", "get", asset],
  ["jobs", "show", job],
  ["jobs", "wait", job, "--timeout-ms", "0"],
  ["activity", "list"],
  ["activity", "show", job],
  signup,
  ["auth", "logout"]
]

/** Whatever happens: one envelope, an exit code that goes with it, and nothing of the runtime on stderr. */
const isAnswer = (ran: Ran, what: string): void => {
  const { error, ok } = ran.envelope
  assert.strictEqual(ran.exitCode, ok ? 0 : exitCodes[text(error, "code")], what)
  assert.notMatch(ran.stderr, /node:|at .*\.js:\d|Unhandled|Error:/u, what)
  assert.notStrictEqual(ran.code, "PUBLIC_CLI_FAILED", what)
  assert.notStrictEqual(ran.code, "INTERNAL_ERROR", what)
}

/** Runs every command line, and judges every answer. */
const answered = async (
  machine: Place,
  commands: ReadonlyArray<ReadonlyArray<string>>,
  options: Parameters<typeof drive>[2] = {}
): Promise<ReadonlyArray<DroveCase>> => {
  const ran = await drive(
    machine,
    commands.map((args) => ({ args })),
    options
  )
  for (const [index, one] of ran.entries()) isAnswer(one, commands[index]?.join(" ") ?? "")
  return ran
}

/** A step of a script that tells the answer of our program, and how it ended. */
const inScript = (args: string) => `"$@" ${args}; printf '\\036%s\\036' "$?"`

const isAnswered = (damage: (machine: Place) => void) => async () => {
  const machine = made.copy()
  damage(machine)
  const before = treeOf(machine.home)
  const commands = everything().slice(0, -2)
  const ran = await answered(machine, commands)
  const spent = ran.find((_, index) => commands[index]?.includes("hard") === true)
  assert.include(["no"], text(spent?.envelope.error, "money_moved"))
  const changed = changes(before, treeOf(machine.home))
  assert.deepStrictEqual(
    changed.filter((name) => name.endsWith(".sqlite")),
    []
  )
}

describe("a database", () => {
  const file = "image-skill.sqlite"
  const states: { readonly [state: string]: (machine: Place) => void } = {
    "that was cut off": ({ data }) => truncateSync(join(data, file), 5_000),
    "that is no database": ({ data }) => writeFileSync(join(data, file), "no database at all ".repeat(1_000)),
    "whose header is damaged": ({ data }) => writeFileSync(join(data, file), Buffer.alloc(100), { flag: "r+" }),
    "that is a folder": ({ data }) => {
      rmSync(join(data, file))
      mkdirSync(join(data, file))
    },
    "of a later version": ({ data }) => {
      const database = new DatabaseSync(join(data, file))
      database.exec("PRAGMA user_version = 99")
      database.close()
    },
    "that lacks a table": ({ data }) => {
      const database = new DatabaseSync(join(data, file))
      database.exec("DROP TABLE job")
      database.close()
    },
    "whose folder is a file": ({ data }) => {
      rmSync(data, { recursive: true })
      writeFileSync(data, "")
    }
  }

  for (const [state, damage] of Object.entries(states)) {
    it(`${state} is answered by every command, never by a crash, and is left as it is`, isAnswered(damage))
  }

  it("of a later version says which program to update", async () => {
    const machine = signed.copy()
    states["of a later version"]?.(machine)
    const ran = await machine.run(["whoami"])
    assert.strictEqual(ran.code, "STORE_UNAVAILABLE")
    assert.match(JSON.stringify(ran.envelope.error), /newer version|update/u)
  })

  it("that is empty is begun anew", async () => {
    const machine = place()
    mkdirSync(machine.data, { recursive: true })
    writeFileSync(join(machine.data, file), "")
    assert.strictEqual((await machine.run(signup)).exitCode, 0)
  })
})

describe("a config", () => {
  it("that is a folder is no saved token, and is neither written nor removed", async () => {
    const machine = place()
    mkdirSync(join(machine.config, "inside"), { recursive: true })
    const commands = [
      ["doctor"],
      ["whoami"],
      ["create", "--guide", "x"],
      signup,
      ["auth", "status"],
      ["auth", "logout"]
    ]
    const ran = await answered(machine, commands)
    assert.strictEqual(ran[1]?.code, "AUTH_REQUIRED")
    assert.strictEqual(ran[3]?.code, "PUBLIC_CLI_CONFIG_WRITE_FAILED")
    assert.deepStrictEqual(readdirSync(machine.config), ["inside"])
  })

  it("in a folder that is a file cannot be written, and the answer names another place", async () => {
    const machine = place()
    const config = join(machine.home, "file", "config.json")
    writeFileSync(join(machine.home, "file"), "")
    const env = { IMAGE_SKILL_CONFIG_PATH: config, IMAGE_SKILL_API_BASE_URL: "http://127.0.0.1:9" }
    const ran = await machine.run(signup, { env })
    assert.strictEqual(ran.code, "PUBLIC_CLI_CONFIG_WRITE_FAILED")
    assert.strictEqual(text(ran.envelope.error, "recovery.config_path_env"), "IMAGE_SKILL_CONFIG_PATH")
    assert.strictEqual(text(ran.envelope.error, "recovery.suggested_config_path"), "$PWD/.image-skill/config.json")
  })

  it("of the embedded service is saved again where its database stays", async () => {
    const machine = await signedUp()
    const token = text(await machine.run([...signup, "--show-token", "--no-save"]).then(({ data }) => data), "token")
    rmSync(machine.config)
    symlinkSync("/nonexistent", machine.config)
    const env = { IMAGE_SKILL_TOKEN: token }
    const failed = await machine.run(["auth", "save"], { env })
    const suggested = text(failed.envelope.error, "recovery.suggested_command")
    const saved = await machine.shell(suggested, { env })
    assert.strictEqual(saved.exitCode, 0, suggested)
    const assignments = suggested.slice(0, suggested.indexOf(prefix))
    const whoami = await machine.shell(`${assignments}${prefix} whoami`)
    assert.strictEqual(whoami.exitCode, 0, `${assignments}whoami`)
  })
})

describe("a home", () => {
  // Only a superuser can become somebody who has no home.
  it.skipIf(process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).status !== 0)(
    "that nobody has: every command answers",
    async () => {
      const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
      const machine = place()
      for (const open of [machine.root, machine.home, machine.work]) chmodSync(open, 0o755)
      await answered(machine, everything(), { env: { HOME: undefined }, cwd: "/", under: nobody })
    }
  )

  it("that is blank is no home: nothing is written into the folder one happens to be in", async () => {
    const machine = place()
    const { data } = await machine.run(["doctor"], { env: { HOME: "" } })
    for (const file of [text(data, "machine.data_dir"), text(data, "auth.config_path")]) {
      assert.isTrue(isAbsolute(file), file)
      assert.isFalse(file.startsWith(machine.work), file)
    }
  })

  it("that is not there yet is made", async () => {
    const machine = place()
    const env = { HOME: join(machine.home, "a", "b") }
    assert.strictEqual((await machine.run(signup, { env })).exitCode, 0)
    assert.strictEqual((await machine.run(["whoami"], { env })).exitCode, 0)
  })

  it("under a folder that takes no files: a read answers, a write says where else", async () => {
    const machine = place()
    const env = { HOME: "/proc/1" }
    const ran = await answered(machine, [...everything(), signup], { env })
    const failed = ran.at(-1)
    assert.match(
      text(failed?.envelope.error, "recovery.suggested_command"),
      /^IMAGE_SKILL_HOME="\$PWD\/\.image-skill" /u
    )
  })

  // Other systems have no folder that takes no folders.
  it.skipIf(!existsSync("/proc/self"))("below a folder that takes no folders: nothing tries for ever", async () => {
    const machine = place()
    const env = { HOME: "/proc/nope" }
    for (const args of [signup, ["doctor"], ["create", "--guide", "x"]]) {
      const ran = await machine.run(args, { env, timeout: 20_000 })
      assert.isNull(ran.signal, args.join(" "))
    }
    const made = await signedUp()
    const id = text((await made.run(["create", "--prompt", "a red apple", ...small])).data, "asset_ids.0")
    const saved = await made.run(["assets", "get", id, "--output", "/proc/nope/a.png"], { timeout: 20_000 })
    assert.strictEqual(saved.code, "OUTPUT_WRITE_FAILED")
  })

  it("under a folder that takes no files: what the guide says next leads on to a picture all the same", async () => {
    const machine = place()
    const env = { HOME: "/proc/1" }
    let line = `${prefix} create --guide --prompt 'a lighthouse at dusk' --model-parameters-json '{"width":256,"height":256}'`
    const walked: Array<string> = []
    for (let step = 0; step < 6 && line !== ""; step += 1) {
      const ran = await machine.shell(line, { env })
      walked.push(`${line} → ${ran.exitCode} ${text(ran.envelope.data, "stage")}`)
      line = ran.exitCode === 0 ? text(ran.envelope.data, "next_command") : ""
    }
    const pictures = readdirSync(machine.work).filter((name) => name.endsWith(".png"))
    assert.strictEqual(pictures.length, 1, walked.join("\n"))
  })

  // A disk of its own needs mounts, which some machines forbid.
  it.skipIf(!canMount)(
    "on a read-only disk: every command answers, and a picture that was made is still told of",
    async () => {
      const disk = folder()
      const script = [
        'mount -t tmpfs tmpfs "$1" && cp -a "$2/." "$1" && mount -o remount,ro "$1" && shift 2 && exec "$@"'
      ]
      const under = ["unshare", "-Urm", "sh", "-c", ...script, "sh", disk, made.home]
      const machine = place()
      const commands = everything().filter(([first]) => first !== "signup" && first !== "auth")
      const ran = await answered(machine, commands, { env: { HOME: disk }, under })
      for (const one of ran) {
        if (one.exitCode !== 0) assert.include(["STORE_UNAVAILABLE", "OUTPUT_WRITE_FAILED"], one.code)
      }
    }
  )

  // A disk of its own needs mounts, which some machines forbid.
  it.skipIf(!canMount)(
    "on a full disk: nothing is lost, and the same key makes the picture once there is space",
    () => {
      const disk = folder()
      const machine = place()
      const create = (key: string) => inScript(`create --prompt 'a red apple' --idempotency-key ${key} 2>/dev/null`)
      const script = [
        'mount -t tmpfs -o size=4m tmpfs "$1" && mkdir "$1/home" && export HOME="$1/home" && disk="$1" && shift',
        inScript(signup.join(" ")),
        'head -c 8000000 /dev/zero > "$disk/ballast" 2>/dev/null',
        create("full"),
        inScript("doctor"),
        // Enough for the database, too little for a picture of 1024 by 1024.
        'rm "$disk/ballast"; head -c 8000000 /dev/zero > "$disk/ballast" 2>/dev/null; truncate -s -400000 "$disk/ballast"',
        create("nearly"),
        'rm "$disk/ballast"',
        create("full"),
        create("nearly"),
        create("nearly"),
        inScript("doctor --ledger"),
        inScript("activity list --limit 100"),
        'printf "%s\\036" "$(find "$disk/home" -name "put-*" | wc -l)"'
      ].join("\n")
      const { stdout } = spawnSync("unshare", ["-Urm", "sh", "-c", script, "sh", disk, process.execPath, executable], {
        cwd: machine.work,
        env: { PATH: path },
        encoding: "utf8",
        timeout: 60_000
      })
      const fields = stdout.split("\u001e")
      const answers = Array.from({ length: 8 }, (_, index) => ({
        exitCode: Number(fields[index * 2 + 1]),
        envelope: JSON.parse(fields[index * 2] ?? "null") as unknown
      }))
      const [first, full, doctor, nearly, again, once, twice, ledger] = answers
      assert.strictEqual(first?.exitCode, 0)
      assert.deepStrictEqual([full?.exitCode, text(full?.envelope, "error.code")], [9, "STORE_UNAVAILABLE"])
      assert.strictEqual(at(doctor?.envelope, "data.hosted_api.reachable"), false)
      assert.deepStrictEqual(
        [nearly?.exitCode, text(nearly?.envelope, "error.code")],
        [9, "ARTIFACT_STORAGE_WRITE_FAILED"]
      )
      assert.strictEqual(text(nearly?.envelope, "error.money_moved"), "unknown")
      assert.deepStrictEqual([again?.exitCode, once?.exitCode, twice?.exitCode], [0, 0, 0])
      assert.strictEqual(text(once?.envelope, "data.asset_ids.0"), text(twice?.envelope, "data.asset_ids.0"))
      assert.strictEqual(at(ledger?.envelope, "data.embedded.ledger.ok"), true)
      const events = (at(JSON.parse(fields[16] ?? "null"), "data.events") ?? []) as ReadonlyArray<unknown>
      const ended = events.map((event) => text(event, "type")).filter((type) => type === "job.completed")
      assert.strictEqual(ended.length, 2, fields[16])
      assert.strictEqual(fields[18]?.trim(), "0")
    }
  )
})

/** How many characters of a prompt a line plans with. */
const characters = async (line: string) => at((await signed.copy().shell(line)).data, "request.prompt_characters")

describe("streams", () => {
  it("nobody reads the answer: no crash, and the work is done", async () => {
    const machine = await signedUp()
    const broken = (args: string) =>
      machine.shell(`mkfifo p; (exec 4<p) & exec 3>p; wait; ${prefix} ${args} >&3; code=$?; rm p; exit $code`)
    for (const args of ["whoami", "help", "version", "create --guide x"]) {
      const ran = await broken(args)
      assert.deepStrictEqual([args, ran.exitCode, ran.stderr], [args, 0, ""])
    }
    const live = await broken(`create --prompt 'a red apple' --idempotency-key k ${small[0]} '${small[1]}' 2>/dev/null`)
    assert.strictEqual(live.exitCode, 0)
    const replay = await machine.run(["create", "--prompt", "a red apple", "--idempotency-key", "k", ...small])
    assert.strictEqual(at(replay.data, "idempotency.replayed"), true)
  })

  it("stdout is full: a sentence, no stack", async () => {
    for (const args of ["whoami", "version"]) {
      const ran = await signed.shell(`${prefix} ${args} > /dev/full`)
      assert.notStrictEqual(ran.exitCode, 0)
      assert.notMatch(ran.stderr, /node:|at .*\.js:\d/u, args)
    }
  })

  it("closed ones are no reason to crash", async () => {
    for (const redirection of [">&-", "2>&-", "<&-", "<&- 2>&-"]) {
      const ran = await signed.shell(`${prefix} whoami ${redirection}`)
      assert.deepStrictEqual([redirection, ran.exitCode, ran.stderr], [redirection, 0, ""])
    }
    const closed = await signed.shell(`${prefix} whoami --token-stdin <&-`)
    assert.deepStrictEqual([closed.exitCode, closed.code], [3, "AUTH_REQUIRED"])
  })

  it("a reader that takes its time gets the whole of a long answer", async () => {
    const ran = await signed.shell(`${prefix} models list --details | { sleep 0.3; cat; }`)
    assert.isAbove(ran.stdout.length, 100_000)
    assert.isTrue(ran.envelope.ok)
  })

  it("standard input without an end is read no further than it may be", async () => {
    const token = await signed.shell(`cat /dev/zero | ${prefix} whoami --token-stdin`)
    assert.deepStrictEqual([token.exitCode, token.code], [2, "INVALID_ARGUMENTS"])
    const prompt = await signed.shell(`yes | ${prefix} create --prompt-file -`)
    assert.deepStrictEqual([prompt.exitCode, prompt.code], [9, "INPUT_FILE_UNREADABLE"])
  })

  it("standard input that nobody closes is not waited for by a command that does not read it", async () => {
    assert.strictEqual((await signed.run(["whoami"], { stdin: "open" })).exitCode, 0)
  })

  it("a prompt comes from standard input, from a pipe and from a file, with its last newline", async () => {
    const dry = `${prefix} create --dry-run --prompt-file`
    assert.strictEqual(await characters(`printf 'a b\\n' | ${dry} -`), 3)
    assert.strictEqual(await characters(`mkfifo p; (printf 'a b c' > p) & ${dry} p`), 5)
    assert.strictEqual(await characters(`printf '\\357\\273\\277a' > bom.txt; ${dry} bom.txt`), 1)
  })

  it("nothing but the line of a live create is ever written to stderr", async () => {
    const machine = made.copy()
    const ran = await answered(machine, everything())
    for (const [index, args] of everything().entries()) {
      const stderr = ran[index]?.stderr
      if (args[0] === "create" && args.includes("hard")) assert.match(stderr ?? "", /^\{"in_flight":\{.*\}\}\n$/u)
      else assert.strictEqual(stderr, "", args.join(" "))
    }
  })
})

const onTerminal = (machine: Place, line: string) =>
  machine.shell(`script -qec "${line.replaceAll('"', '\\"')}" /dev/null < /dev/null | tr -d '\\r'`)

// `script` gives a process a terminal.
describe.skipIf(spawnSync("script", ["--version"]).status !== 0)("a terminal", () => {
  it("is not read as a token", async () => {
    const machine = place()
    const ran = await machine.shell(
      `script -qec '${prefix} whoami --token-stdin > answer.json' /dev/null > /dev/null; cat answer.json`
    )
    assert.deepStrictEqual([ran.code, text(ran.envelope.error, "outcome")], ["INVALID_ARGUMENTS", "not_sent"])
  })

  it("shows that something goes on, and no machine line", async () => {
    const machine = signed.copy()
    const ran = await onTerminal(machine, `${prefix} create --prompt apple ${small[0]} '${small[1]}' > answer.json`)
    assert.notInclude(ran.stdout, "in_flight")
    assert.include(ran.stdout, "making it")
  })
})

describe("a signal", () => {
  it("ends a wait for a prompt that nobody writes", async () => {
    const machine = signed.copy()
    // One signal after a second, and the end of our patience nine seconds later. A shell says 128 and the signal's number
    // of a process that a signal ended.
    for (const [signal, exitCodes] of [
      ["INT", [130]],
      ["TERM", [130, 143]]
    ] as const) {
      const ran = await machine.shell(
        `mkfifo pipe; timeout --preserve-status -s ${signal} -k 9 1 ${prefix} create --prompt-file pipe; code=$?; rm pipe; exit $code`
      )
      assert.include<number | null>(exitCodes, ran.exitCode, signal)
    }
  })
})

describe("a working directory", () => {
  it("that was deleted is no reason to crash", async () => {
    const machine = signed.copy()
    const gone = (args: string, assignment = "") =>
      machine.shell(`mkdir gone; cd gone; rmdir ../gone; ${assignment} ${prefix} ${args}`)
    for (const args of ["whoami", "doctor", "create --guide x", "help"]) isAnswer(await gone(args), args)
    isAnswer(await gone(`create --prompt apple --idempotency-key k ${small[0]} '${small[1]}'`), "create")
    isAnswer(await gone("assets get image_00000000000000000000"), "assets get")
    isAnswer(await gone("whoami", "IMAGE_SKILL_CONFIG_PATH=relative/config.json"), "a relative config")
  })

  it("makes no difference to what is saved and found", async () => {
    const machine = signed.copy()
    const here = await machine.run(["whoami"])
    const there = await machine.run(["whoami"], { cwd: "/" })
    assert.deepStrictEqual(there.data, here.data)
  })
})

describe("an environment", () => {
  it("of another time zone and language gives the same answers", async () => {
    const variants = [
      {},
      { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8" },
      { TZ: "America/St_Johns", LC_ALL: "C" },
      { TZ: "nonsense", LANG: "ar_EG.UTF-8", LC_ALL: "ar_EG.UTF-8" }
    ]
    const args = ["create", "--guide", "IŞIK"]
    const [first, ...others] = await Promise.all(variants.map((env) => made.run(args, { env })))
    for (const other of others) assert.strictEqual(normal(other.stdout, made), normal(first?.stdout ?? "", made))
    const [one, two] = await Promise.all(
      ["Pacific/Kiritimati", "Pacific/Pago_Pago"].map((TZ) => made.run(["quota"], { env: { TZ } }))
    )
    assert.strictEqual(text(one?.data, "daily_jobs.resets_at"), text(two?.data, "daily_jobs.resets_at"))
    assert.match(text(one?.data, "daily_jobs.resets_at"), /T00:00:00\.000Z$/u)
  })

  it("without a PATH prints commands that can be run all the same", async () => {
    const { data } = await signed.run(["create", "--guide", "x"], { env: { PATH: undefined } })
    const line = text(data, "escape_hatches.quota")
    assert.isTrue(line.startsWith(`${process.execPath} ${executable} `), line)
    assert.strictEqual((await signed.shell(line, { env: { PATH: undefined } })).exitCode, 0)
  })

  it("where the name on PATH leads here prints the bare name", async () => {
    const machine = signed.copy()
    const bin = join(machine.root, "bin")
    mkdirSync(bin)
    symlinkSync(executable, join(bin, "image-skill"))
    const env = { PATH: `${bin}:${path}` }
    const { data } = await machine.run(["create", "--guide", "x"], { env })
    assert.strictEqual(text(data, "escape_hatches.quota"), "image-skill usage quota --json")
    assert.strictEqual((await machine.shell("image-skill usage quota --json", { env })).exitCode, 0)
    const other = join(machine.root, "other")
    mkdirSync(other)
    writeFileSync(join(other, "image-skill"), "#!/bin/sh\n", { mode: 0o755 })
    const foreign = await machine.run(["create", "--guide", "x"], { env: { PATH: `${other}:${bin}:${path}` } })
    assert.strictEqual(text(foreign.data, "escape_hatches.quota"), `${prefix} usage quota --json`)
  })

  it("that the next process needs is carried in the commands", async () => {
    const machine = place()
    const env = { IMAGE_SKILL_HOME: join(machine.root, "it's $HOME"), IMAGE_SKILL_DISCOVERY_SOURCE: "a b" }
    const { data } = await machine.run(["create", "--guide", "x"], { env })
    const signedUpThere = await machine.shell(text(data, "next_command"))
    assert.strictEqual(signedUpThere.exitCode, 0, text(data, "next_command"))
    assert.include(text(signedUpThere.data, "storage.config_path"), "it's $HOME")
    assert.include(text(data, "next_command"), `IMAGE_SKILL_DISCOVERY_SOURCE="a b"`)
    assert.deepStrictEqual(readdirSync(machine.home), ["work"])
  })

  it("with blank variables is one without them", async () => {
    const names = [
      "TOKEN",
      "HOSTED_TOKEN",
      "API_BASE_URL",
      "CONFIG_PATH",
      "HOME",
      "SECRET_STORE",
      "COMMAND_PREFIX",
      "RAILS"
    ]
    const env = Object.fromEntries(names.map((name) => [`IMAGE_SKILL_${name}`, name.length % 2 === 0 ? "" : " "]))
    const blank = await signed.run(["create", "--guide", "x"], {
      env: { ...env, XDG_CONFIG_HOME: "", XDG_DATA_HOME: " " }
    })
    const plain = await signed.run(["create", "--guide", "x"])
    assert.strictEqual(normal(blank.stdout, signed), normal(plain.stdout, signed))
  })

  it("with relative folders of the XDG specification, which wants them ignored, is one without them", async () => {
    const machine = place()
    const { data } = await machine.run(["doctor"], { env: { XDG_DATA_HOME: "data", XDG_CONFIG_HOME: "config" } })
    const without = await machine.run(["doctor"])
    for (const path of ["machine.data_dir", "auth.config_path"]) {
      assert.strictEqual(text(data, path), text(without.data, path))
    }
  })

  it("names other folders for data and config", async () => {
    const machine = place()
    const env = { XDG_DATA_HOME: join(machine.root, "data"), XDG_CONFIG_HOME: join(machine.root, "config") }
    const embedded = await machine.run(["doctor"], { env })
    assert.strictEqual(
      text(embedded.data, "auth.config_path"),
      join(machine.root, "data", "image-skill", "config.json")
    )
    const hosted = await machine.run(["doctor", "--api-base-url", "http://127.0.0.1:9"], { env })
    assert.strictEqual(
      text(hosted.data, "auth.config_path"),
      join(machine.root, "config", "image-skill", "config.json")
    )
  })
})

describe("a stale token in the environment", () => {
  it("does not make the guide lead in circles", async () => {
    const machine = place()
    const env = { IMAGE_SKILL_TOKEN: "isk_r_revoked" }
    let line = `${prefix} create --guide --prompt 'a lighthouse' --model-parameters-json '{"width":256,"height":256}'`
    const walked: Array<string> = []
    for (let step = 0; step < 6 && line !== ""; step += 1) {
      const ran = await machine.shell(line, { env })
      walked.push(line)
      line = ran.exitCode === 0 ? text(ran.envelope.data, "next_command") : ""
    }
    assert.strictEqual(readdirSync(machine.work).filter((name) => name.endsWith(".png")).length, 1, walked.join("\n"))
  })
})
