import './rounds.ts'
import '../browser/facilities.test.ts'
