/** Three days of a bad serial line instead of an hour. Imported before the test that counts them. */
process.env.MARU_HOURS = '72'
