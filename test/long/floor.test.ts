import './twenty.ts'
import '../scene/floor.test.ts'
