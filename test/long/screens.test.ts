import './rounds.ts'
import '../browser/panel-screens.test.ts'
