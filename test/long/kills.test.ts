import './twenty.ts'
import '../scene/kills.test.ts'
