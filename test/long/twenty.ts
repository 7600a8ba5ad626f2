/** Twenty trials each, as the promises are stated; `npm test` plays one. Imported before the scene that counts them. */
process.env.MARU_TRIALS = '20'
