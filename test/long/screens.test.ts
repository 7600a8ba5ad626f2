import './rounds.ts'
import '../browser/panel-screens.test.ts'
import '../browser/panel-sound.test.ts'
import '../browser/console.test.ts'
