import './twenty.ts'
import '../browser/panel-pad.test.ts'
