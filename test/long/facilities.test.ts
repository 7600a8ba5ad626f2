import './rounds.ts'
import '../browser/facilities-parts.test.ts'
