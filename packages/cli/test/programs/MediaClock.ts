// Loaded before a program: its clock is so many milliseconds ahead, as if it had been started that much later.
const ahead = Number(process.env["MEDIA_CLOCK_AHEAD_MILLIS"] ?? "0")
const { now } = Date

Object.assign(Date, { now: () => now() + ahead })
