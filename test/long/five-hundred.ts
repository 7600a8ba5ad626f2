/** Five hundred plugs and unplugs, a hundred thousand presses. Imported before the tests that count them. */
process.env.MARU_REPLUGS = '500'
process.env.MARU_PRESSES = '100000'
