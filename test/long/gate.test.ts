import './twenty.ts'
import '../media/gate.test.ts'
