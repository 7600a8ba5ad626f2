/** A camera that takes twelve seconds to wake up, instead of three. Imported before the test that waits for it. */
process.env.MARU_BOOT_MS = '12000'
