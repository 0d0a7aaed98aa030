/** Whether files have owners and modes here; Windows has none. */
export const hasModes = process.platform !== "win32"
