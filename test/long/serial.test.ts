import './days.ts'
import '../drivers/visca/seventy-two-hours.test.ts'
import '../drivers/visca/waking.test.ts'
