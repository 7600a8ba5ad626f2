import './slow-boot.ts'
import '../drivers/visca/waking.test.ts'
