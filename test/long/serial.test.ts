import './days.ts'
import '../drivers/visca/seventy-two-hours.test.ts'
