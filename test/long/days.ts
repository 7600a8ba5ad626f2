/** Three days of a bad serial line and a camera that takes its time, instead of an hour and three seconds. */
process.env.MARU_HOURS = '72'
process.env.MARU_BOOT_MS = '12000'
