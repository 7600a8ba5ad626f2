import './twenty.ts'
import '../devices/kill.test.ts'
import '../devices/lens.test.ts'
import '../devices/microphones.test.ts'
