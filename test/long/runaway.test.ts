import './rounds.ts'
import '../devices/runaway.test.ts'
