export const processId: number = process.pid
