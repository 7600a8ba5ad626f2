/** A million inputs for each parser, instead of ten thousand. Imported before the tests that count them. */
process.env.MARU_FUZZ = '1000000'
