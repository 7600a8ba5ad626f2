import './twenty.ts'
import '../scene/panel-lost.test.ts'
