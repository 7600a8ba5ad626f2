import './twenty.ts'
import '../scene/call.test.ts'
