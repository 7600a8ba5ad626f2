import fc from '../node_modules/fast-check/lib/fast-check.js'

/**
 * fast-check as `npm test` imports it: the same values in each run, so that a run fails for what was changed. Other values:
 * `MARU_SEED=… npm test`, or `npm run test:long`, which takes new ones each time.
 */
fc.configureGlobal({ seed: Number(process.env.MARU_SEED ?? 1) })

// biome-ignore lint/style/noDefaultExport: as fast-check has it
export default fc
