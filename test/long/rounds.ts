/** Ten cameras, six causes: a thousand trials. Imported before the test that counts them. */
process.env.MARU_ROUNDS = '17'
